import { accept, type Refusal, refuse, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { type Assignments, agentOf, notOffered } from '../access/rights.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import { fetchSnapshot } from './session-snapshot.ts';

type ReadingEvents = EventHandlers<'agent:view_session' | 'agent:list_ended' | 'agent:list_entries'>;

/** What agents may read: sessions assigned to them, sessions that wait, and sessions that ended with them. */
export function readingEvents(options: {
  session: Pick<Caller<SessionApi>, 'get' | 'getWithEntries' | 'listEntries' | 'listEndedSessions'>;
  agents: Assignments;
  notSignedIn: () => Refusal<'UNAUTHENTICATED'>;
}): ReadingEvents {
  const { session, agents, notSignedIn } = options;
  return {
    async 'agent:view_session'(connection, { sessionId }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      // Permission comes first: the time that a refusal takes does not tell whether there is a log to read.
      const looked = await session.get({ sessionId });
      if (looked.ok && !mayView(looked.value.session, agent.agentId)) return asClaimed(looked.value.session);
      const found = looked.ok ? await fetchSnapshot(session, sessionId) : looked;
      if (!found.ok) return found.code === 'NOT_FOUND' ? notOffered() : refuse(found.code, found.message);
      const { session: snapshot, wait } = found.value;
      return mayView(snapshot, agent.agentId) ? accept({ session: snapshot, wait }) : asClaimed(snapshot);
    },

    async 'agent:list_ended'(connection) {
      const agent = await agentOf(connection);
      return agent === undefined ? notSignedIn() : session.listEndedSessions({ agentId: agent.agentId });
    },

    async 'agent:list_entries'(connection, { sessionId, afterSeq, limit }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      if (!agents.isAssigned(agent.agentId, sessionId)) {
        const found = await session.get({ sessionId });
        if (!found.ok && found.code !== 'NOT_FOUND') return refuse(found.code, found.message);
        if (!found.ok || !mayView(found.value.session, agent.agentId))
          return refuse('NOT_FOUND', 'You have no such chat.');
      }
      const page = await session.listEntries({ sessionId, afterSeq, limit });
      return page.ok ? accept({ entries: page.value.entries, hasMore: page.value.hasMore }) : page;
    },
  };
}

/** [S1] A waiting session is offered to every agent. Of all others an agent reads only its own, open or ended. */
const mayView = ({ status, assignedAgent }: Session, agentId: string): boolean =>
  status === 'waiting' || assignedAgent === agentId;

/** [C4] An agent that comes too late is told who has the session, as by a claim. */
const asClaimed = ({ status, agentName }: Session) =>
  status === 'agent' ? refuse('ALREADY_TAKEN', `${agentName ?? 'Another agent'} has this chat.`) : notOffered();
