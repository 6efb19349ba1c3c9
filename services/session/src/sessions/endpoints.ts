import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { sentence } from '../control/sentences.ts';
import type { Step } from '../control/view.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';

type SessionHandlers = Pick<
  Handlers<SessionApi>,
  | 'create'
  | 'get'
  | 'getMany'
  | 'getWithEntries'
  | 'listAgentSessions'
  | 'listEndedSessions'
  | 'listWaiting'
  | 'cleanup'
  | 'identify'
  | 'listCustomerSessions'
>;

const NO_SUCH_CHAT = 'There is no such chat.';
const STARTED_CHANGE = { from: null, to: 'bot', cause: 'started', by: 'user' } as const;
const STARTED: Step = { change: STARTED_CHANGE, content: sentence(STARTED_CHANGE, { before: null }) };

/** Sessions deleted in one statement, and the time that one request may take: a stop waits for requests in flight. */
const DELETE_BATCH_SIZE = 200;
const CLEANUP_BUDGET_MS = 15_000;

export function sessionEndpoints(parts: {
  stores: Pick<Stores, 'sessions' | 'entries' | 'notes' | 'ratings'>;
  publications: Publications;
}): SessionHandlers {
  const { publications } = parts;
  const { sessions, entries, notes, ratings } = parts.stores;
  return {
    async create({ userId, botContext, metadata, startId, greeted, source, customer }) {
      const created = await sessions.create({
        userId,
        botContext: botContext ?? null,
        metadata: metadata ?? {},
        startId: startId ?? null,
        started: STARTED,
        greeted: greeted ?? false,
        source: source ?? null,
        customer: customer ?? null,
      });
      if (created.kind === 'reused')
        return refuse('ID_REUSED', 'startId: this id was already used for another chat', 'startId');
      const { session } = created;
      if (created.kind === 'created')
        publications.controlChanged(session.id, [created.entry], { source: source ?? null });
      return accept({ session, repeated: created.kind === 'repeated' });
    },

    async identify({ sessionId, customer }) {
      const session = await sessions.identify(sessionId, customer);
      return session === undefined ? refuse('NOT_FOUND', NO_SUCH_CHAT) : accept({ session });
    },

    async listCustomerSessions({ customerId, limit }) {
      return accept({ sessions: await sessions.readOfCustomer(customerId, limit) });
    },

    async get({ sessionId }) {
      const [found] = await sessions.read([sessionId]);
      return found === undefined ? refuse('NOT_FOUND', NO_SUCH_CHAT) : accept(found);
    },

    async getMany({ sessionIds }) {
      const found = await sessions.read(sessionIds);
      return accept({ sessions: found.map(({ session }) => session) });
    },

    async getWithEntries({ sessionId, afterSeq, limit, last }) {
      const [found] = await sessions.read([sessionId]);
      if (found === undefined) return refuse('NOT_FOUND', NO_SUCH_CHAT);
      const throughSeq = found.session.lastSeq;
      const [page, written, rating] = await Promise.all([
        entries.readPage({ sessionId, afterSeq, throughSeq, limit, last }),
        notes.list(sessionId),
        ratings.read(sessionId),
      ]);
      return accept({ ...found, ...page, notes: written, rating });
    },

    async listAgentSessions({ agentId }) {
      return accept({ sessions: await sessions.readAssignedTo(agentId) });
    },

    async listEndedSessions({ agentId, limit }) {
      return accept({ sessions: await sessions.readEndedWith(agentId, limit) });
    },

    async listWaiting({ afterId, limit }) {
      return accept(await sessions.readWaiting(afterId ?? '', limit));
    },

    /** Stops after some time; the next call deletes the rest. */
    async cleanup({ olderThanDays }) {
      const end = performance.now() + CLEANUP_BUDGET_MS;
      let deleted = 0;
      for (let more = true; more && performance.now() < end; ) {
        const removed = await sessions.deleteClosed(olderThanDays, DELETE_BATCH_SIZE);
        deleted += removed;
        more = removed === DELETE_BATCH_SIZE;
      }
      return accept({ deleted });
    },
  };
}
