import type { Agent, SessionApi } from '@baton/contracts';
import { type Caller, type Loop, Unavailable } from '@baton/runtime';
import { type Cluster, startLeaderLoop } from '../cluster/leader-loop.ts';
import type { Assignments } from './assignments-redis.ts';
import { listAllAgents } from './list-all-agents.ts';
import type { PresenceStore } from './store-redis.ts';

const EVERY_MS = 2_000;
const LOCK_MS = 5_000;

/**
 * [Q3] Compares the agents that are online in Postgres with those that gateways have reported. An agent that has not been
 * seen for the whole grace period is taken offline, and its sessions return to the queue. The same list of agents
 * reconciles which sessions are assigned. One instance does it at a time.
 */
export function startVanishedAgents(options: {
  cluster: Cluster;
  presence: PresenceStore;
  assignments: Assignments;
  session: Caller<SessionApi>;
  graceMs: number;
  onReleased: () => void;
}): Loop {
  const { cluster, presence, assignments, session, graceMs } = options;

  const release = async (agentId: string, seen: string) => {
    const seconds = Math.round(graceMs / 1_000);
    const reply = await session.releaseAgent({
      agentId,
      reason: `The agent was not there for more than ${seconds} seconds.`,
    });
    if (!reply.ok && reply.code !== 'NOT_FOUND') throw new Unavailable(`session.releaseAgent: ${reply.code}`);
    await presence.forget(agentId, seen);
    options.onReleased();
    cluster.log.info({ agentId, released: reply.ok ? reply.value.released.length : 0 }, 'an agent has vanished');
  };

  return startLeaderLoop(cluster, {
    job: 'vanishedAgents',
    everyMs: Math.min(EVERY_MS, graceMs / 2),
    lockMs: LOCK_MS,
    async run() {
      const agents = await listAllAgents(session, { available: false, engaged: true });
      const online = agents.filter(({ status }) => status !== 'offline').map(({ id }) => id);
      for (const { agentId, seen } of await presence.overdue(online, graceMs)) await release(agentId, seen);
      await reconcileAssignments(assignments, session, agents);
    },
  });
}

/** Requests the sessions only of agents whose number of sessions differs from Postgres. */
async function reconcileAssignments(
  assignments: Assignments,
  session: Caller<SessionApi>,
  agents: readonly Agent[],
): Promise<void> {
  const byAgent = Map.groupBy(await assignments.list(), ({ agentId }) => agentId);
  for (const { id: agentId, active } of agents) {
    const known = byAgent.get(agentId) ?? [];
    byAgent.delete(agentId);
    if (known.length === active) continue;
    const reply = await session.listAgentSessions({ agentId });
    if (!reply.ok) throw new Unavailable(`session.listAgentSessions: ${reply.code}`);
    const actual = new Set(reply.value.sessions.map(({ id }) => id));
    await assignments.remove(known.filter(({ sessionId }) => !actual.has(sessionId)));
    await assignments.add([...actual].map((sessionId) => ({ sessionId, agentId })));
  }
  for (const ofUnknownAgent of byAgent.values()) await assignments.remove(ofUnknownAgent);
}
