import type { Agent, SessionApi } from '@baton/contracts';
import { type Caller, Unavailable } from '@baton/runtime';

type Which = Pick<Parameters<Caller<SessionApi>['listAgents']>[0], 'available' | 'engaged'>;

/**
 * All agents that fulfil what is asked, page by page.
 *
 * @throws Unavailable when the session service cannot be asked.
 */
export async function allAgents(session: Pick<Caller<SessionApi>, 'listAgents'>, which: Which): Promise<Agent[]> {
  const all: Agent[] = [];
  for (;;) {
    const afterId = all.at(-1)?.id;
    const reply = await session.listAgents({ ...which, ...(afterId !== undefined && { afterId }) });
    if (!reply.ok) throw new Unavailable(`session.listAgents: ${reply.code}`);
    const { agents, hasMore } = reply.value;
    all.push(...agents);
    if (!hasMore || agents.length === 0) return all;
  }
}
