import type { Agent, SessionApi } from '@baton/contracts';
import { type Caller, Unavailable } from '@baton/runtime';

type Filter = Pick<Parameters<Caller<SessionApi>['listAgents']>[0], 'available' | 'engaged'>;

/**
 * All agents that match a filter, page by page.
 *
 * @throws Unavailable when the session service is unavailable.
 */
export async function listAllAgents(session: Pick<Caller<SessionApi>, 'listAgents'>, filter: Filter): Promise<Agent[]> {
  const all: Agent[] = [];
  for (;;) {
    const afterId = all.at(-1)?.id;
    const reply = await session.listAgents({ ...filter, ...(afterId !== undefined && { afterId }) });
    if (!reply.ok) throw new Unavailable(`session.listAgents: ${reply.code}`);
    const { agents, hasMore } = reply.value;
    all.push(...agents);
    if (!hasMore || agents.length === 0) return all;
  }
}
