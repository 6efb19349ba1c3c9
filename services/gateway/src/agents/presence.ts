import type { QueueApi } from '@baton/contracts';
import { type Caller, type Log, startLoop } from '@baton/runtime';
import type { GatewayConfig } from '../config.ts';
import type { Connection } from '../connections/connection.ts';
import type { OnlineAgents } from './online-agents.ts';

/** Shorter than QUIET_MS, so that an agent whose machine dies is reported at least once afterwards. */
const REPORT_MS = 1_000;
/** One or two reports may be lost before an agent counts as vanished. */
const REPORTS_PER_GRACE = 4;
/**
 * An agent whose client is silent for longer, as when its machine has died, is left out of the reports until it is
 * heard again, so its grace period starts within a second or two of its death. Clients give a sign of life every
 * second. An agent that is left out of a few reports by mistake does not count as vanished.
 */
const QUIET_MS = 2_200;
/** Agents in one report. */
const PER_REPORT = 5_000;

/**
 * Reports to the queue which agents are connected to this gateway, periodically: an agent that no gateway reports for
 * the grace period has vanished, whatever happened to its gateway. [Q3]
 */
export function startPresence(options: {
  agents: Pick<OnlineAgents, 'aliveWithin'>;
  queue: Pick<Caller<QueueApi>, 'presence'>;
  instance: string;
  config: Pick<GatewayConfig, 'AGENT_GRACE_MS'>;
  log: Log;
}) {
  const { agents, queue, log, instance } = options;
  const named = (agentIds: string[]) => agentIds.map((agentId) => ({ agentId, gatewayId: instance }));

  const report = async () => {
    const present = named(agents.aliveWithin(QUIET_MS));
    for (let from = 0; from < present.length; from += PER_REPORT) {
      const reply = await queue.presence({ present: present.slice(from, from + PER_REPORT) });
      if (!reply.ok) return void log.warn({ code: reply.code }, 'the presence of agents cannot be reported now');
    }
  };
  const loop = startLoop({
    name: 'presence',
    everyMs: Math.min(REPORT_MS, options.config.AGENT_GRACE_MS / REPORTS_PER_GRACE),
    log,
    run: report,
  });

  return {
    /** An agent has come, or reports have failed for a while. */
    reportNow: loop.kick,
    /**
     * An agent's socket is closed. If its client was silent before, its grace period has begun and must not restart.
     */
    async left(agentId: string, { quietMs }: Pick<Connection, 'quietMs'>): Promise<void> {
      if (quietMs() > QUIET_MS) return;
      const reply = await queue.presence({ present: [], gone: named([agentId]) });
      if (!reply.ok) log.warn({ code: reply.code, agentId }, 'the departure of an agent could not be reported');
    },
    stop: loop.stop,
  };
}
export type Presence = ReturnType<typeof startPresence>;
