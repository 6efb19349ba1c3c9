import type { Agent, SessionApi } from '@baton/contracts';
import { type Caller, Unavailable } from '@baton/runtime';
import type { Assignments } from './store-redis.ts';

/**
 * Compares the assignments in Redis with the agents in Postgres and repairs the difference. Requests the sessions only
 * of agents whose number of sessions differs.
 *
 * @throws Unavailable when Redis or the session service is unavailable.
 */
export async function reconcileAssignments(
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
