import { type CpuSeconds, cpuOf, type Measured } from '../processes/cpu.ts';
import { highestRate, remembered } from '../statistics/highest-rate.ts';
import { spread } from '../statistics/quantiles.ts';
import { startDriver } from './driver.ts';
import type { MessageLoad } from './protocol.ts';

/** How many customers an agent talks with; with it, every tenth socket is an agent's. */
const PER_AGENT = 9;
/** Delivered within this share of what was offered counts as sustained. */
const SUSTAINED = 0.97;
const P99_LIMIT_MS = 100;

/** Load by itself, and what it cost. */
export interface Run extends MessageLoad {
  /** Microseconds of CPU time for a message, by process name. */
  cpuMicros: CpuSeconds;
}

export interface Conversations {
  sockets: number;
  /** Of the process that offers. */
  pid: number;
  /** Offers so many messages a second. */
  offer(perSecond: number, seconds: number): Promise<Run>;
  stop(): Promise<void>;
}

/** Connects customers with agents, nine to one, in all so many sockets; `processes` are those whose CPU time counts. */
export async function startConversations(options: {
  urls: readonly string[];
  /** Customer and agent at the same gateway; else at two, if there are two. */
  together?: boolean;
  sockets: number;
  processes: readonly Measured[];
  /** Notes when its connections are read and written, and leaves it in this folder when it stops. */
  wireTimes?: string;
}): Promise<Conversations> {
  const driver = startDriver('messages.ts', options.wireTimes);
  const agents = Math.round(options.sockets / (PER_AGENT + 1));
  const { urls, together = false } = options;
  await driver.order({ kind: 'start', urls, together, customers: agents * PER_AGENT, perAgent: PER_AGENT });
  return {
    sockets: agents * (PER_AGENT + 1),
    pid: driver.pid,
    async offer(perSecond, seconds) {
      const measure = (): Promise<MessageLoad> => driver.order({ kind: 'measure', perSecond, seconds });
      const { result, cpu } = await cpuOf(options.processes, measure);
      const perMessage = ([name, total]: [string, number]) => [name, (total / result.offered) * 1e6];
      return { ...result, cpuMicros: Object.fromEntries(Object.entries(cpu).map((one) => perMessage(one))) };
    },
    stop: () => driver.stop(),
  };
}

export const totalOf = (cpu: CpuSeconds): number => Object.values(cpu).reduce((sum, one) => sum + one, 0);

/** Whether all of a run arrived as fast as it was sent. */
function sustained(run: MessageLoad, perSecond: number): boolean {
  return (
    run.lost === 0 &&
    run.offeredPerSecond >= perSecond * 0.95 &&
    run.deliveredPerSecond >= run.offeredPerSecond * SUSTAINED
  );
}

function inTime(run: MessageLoad): boolean {
  return spread(run.delivered).p99 <= P99_LIMIT_MS && spread(run.acknowledged).p99 <= P99_LIMIT_MS;
}

/** The highest rate that is sustained, and the highest of which 99 of 100 messages arrive within 100 ms. */
export async function highestRates(
  conversations: Conversations,
  options: { from: number; seconds: number; precision: number },
): Promise<{ sustained: number; within100: number }> {
  const { from, seconds, precision } = options;
  const attempts = remembered((perSecond) => conversations.offer(perSecond, seconds));
  const search = (enough: (run: Run, perSecond: number) => boolean) =>
    highestRate({ from, precision, attempt: attempts(enough) });
  return {
    within100: await search((run, perSecond) => sustained(run, perSecond) && inTime(run)),
    sustained: await search(sustained),
  };
}
