import type { SessionApi } from '@baton/contracts';
import type { Caller, Loop } from '@baton/runtime';
import { type Cluster, startLeaderLoop } from '../cluster/leader-loop.ts';
import type { HeartbeatStore } from '../cluster/store-redis.ts';
import { listAllAgents } from '../presence/list-all-agents.ts';
import type { PresenceStore } from '../presence/store-redis.ts';
import type { ClaimSession } from './claim.ts';
import { type Candidate, nextAgent } from './next-agent.ts';

const EVERY_MS = 2_000;
/** When the leader dies, another instance takes over within the 5 s of [Q5]. */
const LOCK_MS = 2_500;
/** Sessions assigned in one run; the next run follows at once. */
const MAX_PER_RUN = 50;

/**
 * [Q5] Assigns waiting sessions to agents that are available, have capacity left and are connected now. Runs every 2 s,
 * and when the queue or an agent has changed. One instance does it at a time; with two, a claim would still assign each
 * session to one agent only.
 */
export function startAutoAssign(options: {
  cluster: Cluster;
  heartbeats: HeartbeatStore;
  presence: PresenceStore;
  session: Caller<SessionApi>;
  claim: ClaimSession;
}): Loop {
  const { heartbeats, presence, session, claim } = options;

  const findCandidates = async (): Promise<Candidate[]> => {
    const agents = await listAllAgents(session, { available: true });
    const connected = await presence.connected();
    return agents
      .filter(({ id, status }) => status === 'available' && connected.has(id))
      .map((agent) => ({ agent, active: agent.active }));
  };

  const loop: Loop = startLeaderLoop(options.cluster, {
    job: 'autoAssign',
    everyMs: EVERY_MS,
    lockMs: LOCK_MS,
    atOnce: true,
    async run() {
      let candidates = (await heartbeats.send()).lengths.total > 0 ? await findCandidates() : [];
      for (let assigned = 0; assigned < MAX_PER_RUN; assigned++) {
        const chosen = nextAgent(candidates);
        if (chosen === undefined) return;
        const reply = await claim({ agentId: chosen.agent.id });
        if (reply.ok) chosen.active++;
        else if (reply.code === 'AT_CAPACITY' || reply.code === 'AGENT_OFFLINE')
          candidates = candidates.filter((one) => one !== chosen);
        else return;
      }
      loop.kick();
    },
  });
  return loop;
}
