import type { Agent, SessionApi } from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import type { Feeds } from '../delivery/feeds.ts';
import type { OnlineAgent } from './agent-sessions.ts';
import { isVanished } from './agent-status.ts';

/**
 * Compares one online agent with Postgres and repairs the difference: its record, where its socket is, and which
 * sessions are assigned to it. Every notification about an agent may be lost; this makes up for it within seconds. [C3]
 */
export async function reconcileAgent(
  one: OnlineAgent,
  options: {
    session: Pick<Caller<SessionApi>, 'listAgentSessions' | 'getAgent' | 'updateAgent'>;
    feeds: Pick<Feeds, 'refresh'>;
    isOnline: (one: OnlineAgent) => boolean;
    isElsewhere: (one: OnlineAgent, agent: Agent) => boolean;
    keep: (one: OnlineAgent, agent: Agent) => void;
    supersede: (one: OnlineAgent) => void;
    forget: (one: OnlineAgent) => void;
    log: Log;
  },
): Promise<void> {
  const { session, feeds, isOnline, keep, log } = options;
  const agentId = one.agent.id;
  const before = one.sessions.ids();
  const [record, list] = await Promise.all([session.getAgent({ agentId }), session.listAgentSessions({ agentId })]);
  if (!isOnline(one)) return;
  if (!record.ok) {
    if (record.code === 'NOT_FOUND') options.forget(one);
    return;
  }
  if (options.isElsewhere(one, record.value.agent)) {
    options.supersede(one);
    return;
  }
  keep(one, record.value.agent);
  if (isVanished(record.value.agent)) {
    // Marked offline while its socket was open, as when its presence could not be reported for long.
    log.warn({ agentId }, 'an agent with an open socket was marked as vanished; it is available again');
    const updated = await session.updateAgent({ agentId, status: 'available' });
    if (updated.ok && isOnline(one)) keep(one, updated.value.agent);
  }
  if (!list.ok || !isOnline(one)) return;
  const assigned = new Set(list.value.sessions.map(({ id }) => id));
  // The log of a session tells the agent where it went.
  for (const sessionId of before) if (!assigned.has(sessionId)) feeds.refresh(sessionId);
  await Promise.all(list.value.sessions.map(({ id, epoch }) => one.sessions.deliver(id, epoch)));
}
