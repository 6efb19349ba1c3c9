import { setTimeout as pause } from 'node:timers/promises';
import { startDriver } from '../load/driver.ts';
import type { Bench, Measurement, Result } from '../measures/measure.ts';
import { startBaton } from '../processes/baton.ts';
import { type CpuSeconds, cpuOf } from '../processes/cpu.ts';
import { letWait } from '../processes/let-wait.ts';
import { spread } from '../statistics/quantiles.ts';
import { inRounds, medianOf } from '../statistics/rounds.ts';
import type { ConsoleLoad } from './protocol.ts';

const AGENTS = 1_000;
const WAITING = 10_000;
const CLAIMS_PER_SECOND = 100;
/** One core for each gateway would hide what is shared; with two, lists also cross from one to the other. */
const GATEWAYS = 2;

/** How the consoles follow the queue. */
const CASES = { 'whole lists': false, changes: true } as const;
type Case = keyof typeof CASES;

interface Measured {
  agents: number;
  seconds: number;
  idle: { load: ConsoleLoad; cpu: CpuSeconds };
  busy: { load: ConsoleLoad; cpu: CpuSeconds };
}

/** What it costs to show a long queue to many agents while they claim from it. */
export const consoles: Measurement = {
  name: 'console',
  title: `${AGENTS} agents, ${WAITING} waiting, ${CLAIMS_PER_SECOND} claims a second`,
  async run(bench) {
    const cases = Object.keys(CASES) as Case[];
    const measure = (one: Case, name: string) => measureWith(bench, CASES[one], name);
    const measured = await inRounds(cases, measure, { ...bench, name: 'console' });
    return { results: cases.flatMap((one) => resultsOf(one, measured[one])), checks: [] };
  },
};

async function measureWith(bench: Bench, changes: boolean, name: string): Promise<Measured> {
  const { backends, quick, profileFolder } = bench;
  const [agents, waiting, perSecond, seconds] = quick ? [50, 1_000, 20, 3] : [AGENTS, WAITING, CLAIMS_PER_SECOND, 10];
  const baton = await startBaton({ backends, name, gateways: GATEWAYS, profileFolder });
  await letWait(baton.databaseUrl, 'waiting', waiting);
  const driver = startDriver('../consoles/agents.ts');
  await driver.order({ kind: 'connect', urls: baton.gateways, count: agents, changes });
  // The queue service finds those who wait by reconciliation.
  await pause(quick ? 6_000 : 15_000);
  const run = async (rate: number) => {
    const { result, cpu } = await cpuOf(
      baton.processes,
      () => driver.order({ kind: 'claim', perSecond: rate, seconds }) as Promise<ConsoleLoad>,
    );
    return { load: result, cpu };
  };
  const idle = await run(0);
  const busy = await run(perSecond);
  await driver.stop();
  await baton.stop();
  return { agents, seconds, idle, busy };
}

function resultsOf(name: Case, measured: readonly Measured[]): Result[] {
  const median = (number: (one: Measured) => number) => medianOf(measured, number);
  const all = (times: (load: ConsoleLoad) => number[]) => spread(measured.flatMap(({ busy }) => times(busy.load)));
  const acknowledged = all((load) => load.acknowledged);
  const lists = all((load) => load.allLists);
  const share = (of: 'idle' | 'busy', process: string) =>
    median((one) => ((one[of].cpu[process] ?? 0) / one.seconds) * 100);
  const failed = measured.reduce((sum, { busy }) => sum + busy.load.unsettled + busy.load.starved, 0);
  return [
    {
      what: `${name}: sent to each agent`,
      value: median(({ busy, agents, seconds }) => busy.load.bytes / agents / seconds / 1_024),
      unit: 'kB',
      note: 'a second',
    },
    {
      what: `${name}: lists to each agent`,
      value: median(({ busy, agents, seconds }) => busy.load.lists / agents / seconds),
      unit: '/s',
    },
    { what: `${name}: a claim, to its answer`, value: acknowledged.median, p99: acknowledged.p99, unit: 'ms' },
    {
      what: `${name}: a claim, to the last list without it`,
      value: lists.median,
      p99: lists.p99,
      unit: 'ms',
      note: failed === 0 ? '' : `${failed} not measured`,
    },
    ...['gateway', 'queue', 'session', 'redis'].map(
      (process): Result => ({
        what: `${name}: CPU of ${process}`,
        value: share('busy', process),
        unit: '%',
        note: `of a core; ${share('idle', process).toFixed(1)} when nothing happens`,
      }),
    ),
  ];
}
