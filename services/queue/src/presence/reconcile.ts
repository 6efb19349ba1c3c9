import type { SessionApi } from '@baton/contracts';
import { type Caller, type Loop, Unavailable } from '@baton/runtime';
import { reconcileAssignments } from '../assignments/reconcile.ts';
import type { Assignments } from '../assignments/store-redis.ts';
import { type Cluster, startLeaderLoop } from '../cluster/leader-loop.ts';
import { listAllAgents } from './list-all-agents.ts';
import type { PresenceStore } from './store-redis.ts';

const EVERY_MS = 2_000;
const LOCK_MS = 5_000;

/**
 * [Q3] Compares the agents that are online in Postgres with those that gateways have reported. An agent that has not
 * been seen for the whole grace period has vanished: it is taken offline, and its sessions return to the queue. The
 * same list of agents reconciles which sessions are assigned. One instance does it at a time.
 */
export function startPresenceReconciler(options: {
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
      for (const { agentId, seen } of await presence.vanished(online, graceMs)) await release(agentId, seen);
      await reconcileAssignments(assignments, session, agents);
    },
  });
}
