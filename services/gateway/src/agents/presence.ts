import type { QueueApi } from '@baton/contracts';
import { type Caller, type Log, startLoop } from '@baton/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Desk } from './desk.ts';

/** Often enough for the last report of an agent whose machine has died to be from after its death; see QUIET_MS. */
const REPORT_MS = 1_000;
/** A report or two may be lost without anybody being taken for vanished. */
const REPORTS_PER_GRACE = 4;
/**
 * An agent whose client is quiet for longer, as when its machine has died, is not reported until it is heard again: the
 * grace runs from a second or two after its death. Signs of life come every second, so with a report every second the last
 * one is never from before. Left out of some by mistake, it is not taken for vanished.
 */
const QUIET_MS = 2_200;
/** Agents in one report. */
const PER_REPORT = 5_000;

/**
 * Tells the queue which agents have their socket here, again and again: an agent that nobody tells of for the grace
 * period has vanished, whatever became of its gateway. [Q3]
 */
export function startPresence(options: {
  desk: Desk;
  queue: Pick<Caller<QueueApi>, 'presence'>;
  instance: string;
  graceMs: number;
  log: Log;
}) {
  const { desk, queue, log, instance } = options;
  const named = (agentIds: string[]) => agentIds.map((agentId) => ({ agentId, gatewayId: instance }));

  const report = async () => {
    const agents = named(desk.aliveWithin(QUIET_MS));
    for (let from = 0; from < agents.length; from += PER_REPORT) {
      const reply = await queue.presence({ present: agents.slice(from, from + PER_REPORT) });
      if (!reply.ok) return void log.warn({ code: reply.code }, 'the presence of agents cannot be reported now');
    }
  };
  const loop = startLoop({
    name: 'presence',
    everyMs: Math.min(REPORT_MS, options.graceMs / REPORTS_PER_GRACE),
    log,
    run: report,
  });

  return {
    /** Report now: an agent has come, or nothing could be reported for a while. */
    reportNow: loop.kick,
    /** An agent's socket has closed. Of one that was quiet before, the grace runs already, and is not to begin anew. */
    async left(agentId: string, { quietMs }: Pick<Connection, 'quietMs'>): Promise<void> {
      if (quietMs() > QUIET_MS) return;
      const reply = await queue.presence({ present: [], gone: named([agentId]) });
      if (!reply.ok) log.warn({ code: reply.code, agentId }, 'the leave of an agent could not be reported');
    },
    stop: loop.stop,
  };
}
export type Presence = ReturnType<typeof startPresence>;
