import { accept, type Refusal, refuse, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { notOffered, onDuty } from '../access/holder.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { Desk } from './desk.ts';
import { fetchSnapshot } from './session-snapshot.ts';

type AgentViews = EventHandlers<'agent:view_session' | 'agent:list_ended' | 'agent:list_entries'>;

/** What agents read of chats: those they hold, those that wait, and those that ended with them. */
export function agentViews(options: {
  session: Pick<Caller<SessionApi>, 'get' | 'getWithEntries' | 'listEntries' | 'listEndedSessions'>;
  desk: Pick<Desk, 'holds'>;
  notOnDuty: () => Refusal<'UNAUTHENTICATED'>;
}): AgentViews {
  const { session, desk, notOnDuty } = options;
  return {
    async 'agent:view_session'(connection, { sessionId }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      // Whose it is comes first: a log that the agent may not read is not read, so the answer takes no longer for one.
      const looked = await session.get({ sessionId });
      if (looked.ok && !mayLookAt(looked.value.session, agent.agentId)) return asClaimed(looked.value.session);
      const found = looked.ok ? await fetchSnapshot(session, sessionId) : looked;
      if (!found.ok) return found.code === 'NOT_FOUND' ? notOffered() : refuse(found.code, found.message);
      const { session: snapshot, wait } = found.value;
      return mayLookAt(snapshot, agent.agentId) ? accept({ session: snapshot, wait }) : asClaimed(snapshot);
    },

    async 'agent:list_ended'(connection) {
      const agent = await onDuty(connection);
      return agent === undefined ? notOnDuty() : session.listEndedSessions({ agentId: agent.agentId });
    },

    async 'agent:list_entries'(connection, { sessionId, afterSeq, limit }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      if (!desk.holds(agent.agentId, sessionId)) {
        const found = await session.get({ sessionId });
        if (!found.ok && found.code !== 'NOT_FOUND') return refuse(found.code, found.message);
        if (!found.ok || !mayLookAt(found.value.session, agent.agentId))
          return refuse('NOT_FOUND', 'You have no such chat.');
      }
      const page = await session.listEntries({ sessionId, afterSeq, limit });
      return page.ok ? accept({ entries: page.value.entries, hasMore: page.value.hasMore }) : page;
    },
  };
}

/** [S1] A chat that waits is offered to every agent; of all others an agent reads only those it has, or ended with. */
const mayLookAt = ({ status, assignedAgent }: Session, agentId: string): boolean =>
  status === 'waiting' || assignedAgent === agentId;

/** [C4] Whoever is too late is told who has it, as by a claim. */
const asClaimed = ({ status, agentName }: Session) =>
  status === 'agent' ? refuse('ALREADY_TAKEN', `${agentName ?? 'Another agent'} has this chat.`) : notOffered();
