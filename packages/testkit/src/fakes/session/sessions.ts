import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  accept,
  channels,
  isAnonymousId,
  refuse,
  type ServiceHealth,
  type SessionApi,
  type SystemStats,
} from '@baton/contracts';
import type { FakeHandlers } from '../direct-caller.ts';
import type { FakeControl } from './control.ts';
import { copy, newRecord, now, type Records, shownWait } from './records.ts';

type SessionKeys =
  | ('create' | 'identify' | 'listCustomerSessions' | 'get' | 'getMany' | 'getWithEntries' | 'cleanup')
  | ('addNote' | 'rate' | 'stats' | 'health');

export function sessionHandlers(
  { sessions, starts, agents, publish }: Records,
  control: FakeControl,
): Pick<FakeHandlers<SessionApi>, SessionKeys> {
  const noSession = () => refuse('NOT_FOUND', 'There is no such chat.');
  return {
    async create({
      userId,
      botContext = null,
      metadata = {},
      startId,
      greeted = false,
      source = null,
      customer = null,
    }) {
      const key = `${userId} ${startId}`;
      const first = startId === undefined ? undefined : starts.get(key);
      if (first !== undefined) {
        const { session } = first;
        return isDeepStrictEqual(
          [session.botContext, session.metadata, session.customer?.id],
          [botContext, metadata, customer?.id],
        )
          ? accept({ session: copy(session), repeated: true })
          : refuse('ID_REUSED', 'startId: this id was already used for another chat', 'startId');
      }
      const record = newRecord({ userId, botContext, metadata: copy(metadata), customer: copy(customer) }, source);
      if (startId !== undefined) starts.set(key, record);
      control.start(record, greeted);
      return accept({ session: copy(record.session), repeated: false });
    },

    async identify({ sessionId, customer }) {
      const session = sessions.get(sessionId)?.session;
      if (session === undefined) return noSession();
      const { customer: owner, userId } = session;
      const isTheirs = owner ? owner.id === customer.id : userId === customer.id || isAnonymousId(userId);
      if (!isTheirs) return noSession();
      Object.assign(session, { userId: customer.id, customer: copy(customer) });
      return accept({ session: copy(session) });
    },

    async listCustomerSessions({ customerId, limit }) {
      const open = [...sessions.values()].map(({ session }) => session).filter(({ status }) => status !== 'closed');
      const theirs = open.filter(({ customer }) => customer?.id === customerId);
      return accept({ sessions: copy(theirs.slice(-limit).reverse()) });
    },

    async get({ sessionId }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      return accept(copy({ session: record.session, wait: shownWait(record) }));
    },

    async getMany({ sessionIds }) {
      return accept({ sessions: sessionIds.flatMap((id) => copy(sessions.get(id)?.session) ?? []) });
    },

    async getWithEntries({ sessionId, afterSeq, limit, last }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const { session, rating } = record;
      const rest = record.entries.filter(({ seq }) => seq > afterSeq);
      const entries = last ? rest.slice(-limit) : rest.slice(0, limit);
      const notes = record.notes.map(({ clientNoteId: _, ...note }) => note);
      const hasMore = entries.length < rest.length;
      return accept(copy({ session, wait: shownWait(record), entries, hasMore, notes, rating }));
    },

    async cleanup({ olderThanDays }) {
      const before = Date.now() - olderThanDays * 86_400_000;
      let deleted = 0;
      for (const [id, { session }] of sessions)
        if (session.closedAt !== null && Date.parse(session.closedAt) < before && sessions.delete(id)) deleted++;
      return accept({ deleted });
    },

    async addNote({ sessionId, agentId, content, clientNoteId }) {
      const record = sessions.get(sessionId);
      const first = record?.notes.find((note) => clientNoteId !== undefined && note.clientNoteId === clientNoteId);
      const plain = ({ clientNoteId: _, ...note }: NonNullable<typeof first>) => copy(note);
      if (first?.agentId === agentId && first.content === content) return accept({ note: plain(first) });
      const { status, assignedAgent } = record?.session ?? {};
      const agent = agents.get(agentId);
      if (record === undefined || agent === undefined || status !== 'agent' || assignedAgent !== agentId)
        return refuse('NOT_ASSIGNED', 'This chat is not assigned to you.');
      if (first) return refuse('ID_REUSED', 'clientNoteId: this id was already used for another note', 'clientNoteId');
      const note = { id: randomUUID(), sessionId, agentId, agentName: agent.name, content, createdAt: now() };
      record.notes.push({ ...note, clientNoteId });
      publish(channels.live.note, { session: sessionId }, { sessionId, note });
      return accept({ note });
    },

    async rate({ sessionId, rating: score, comment = null }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const rating = { score, comment, ratedAt: now() };
      record.rating = rating;
      const agentId = record.session.assignedAgent;
      if (agentId !== null) publish(channels.agent.rated, { agent: agentId }, { agentId, sessionId, rating });
      return accept({});
    },

    /** Counts what is there; averages and hours are unknown. */
    async stats() {
      const sessionsByStatus = { bot: 0, waiting: 0, agent: 0, closed: 0 };
      for (const { session } of sessions.values()) sessionsByStatus[session.status]++;
      const { bot, waiting, agent } = sessionsByStatus;
      const free = [...agents.values()].filter(
        ({ status, active, capacity }) => status === 'available' && active < capacity,
      );
      const stats: SystemStats = {
        ...{ totalSessions: sessions.size, activeSessions: bot + waiting + agent, sessionsByStatus },
        ...{ totalAgents: agents.size, availableAgents: free.length, messagesLast24h: 0, transfersLast24h: 0 },
        ...{ averageWaitSeconds: null, averageHandlingSeconds: null, averageFirstResponseMs: null },
        ...{ botResolutionShare: null, averageRating: null, hours: [], timestamp: now() },
      };
      return accept(stats);
    },

    async health() {
      const parts = { postgres: { status: 'up' }, nats: { status: 'up' } } as const;
      const health: ServiceHealth = { status: 'up', instance: 'fake', version: '0.0.0', uptimeSeconds: 1, parts };
      return accept(health);
    },
  };
}
