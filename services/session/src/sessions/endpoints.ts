import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Announcements } from '../announcements.ts';
import { sentence } from '../control/sentences.ts';
import type { Step } from '../control/view.ts';
import { readPage } from '../log/store-postgres.ts';
import { readNotes } from '../notes/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { readRating } from '../ratings/store-postgres.ts';
import { createSession, deleteClosed, readEndedWith, readHeldBy, readSessions, readWaiting } from './store-postgres.ts';

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
>;

const NO_SUCH_CHAT = 'There is no such chat.';
const STARTED_CHANGE = { from: null, to: 'bot', cause: 'started', by: 'user' } as const;
const STARTED: Step = { change: STARTED_CHANGE, content: sentence(STARTED_CHANGE, { before: null }) };

/** Sessions deleted in one statement, and how long one request goes on with it: a stop waits for requests in flight. */
const DELETED_AT_ONCE = 200;
const CLEANUP_LASTS_MS = 15_000;

export function sessionHandlers(parts: { database: Database; announcements: Announcements }): SessionHandlers {
  const { database, announcements } = parts;
  return {
    async create({ userId, botContext, metadata, startId, greeted, source }) {
      const created = await createSession(database, {
        userId,
        botContext: botContext ?? null,
        metadata: metadata ?? {},
        startId: startId ?? null,
        started: STARTED,
        greeted: greeted ?? false,
        source: source ?? null,
      });
      if (created.kind === 'reused')
        return refuse('ID_REUSED', 'startId: this id was already used for another chat', 'startId');
      const { session } = created;
      if (created.kind === 'created') announcements.control(session.id, [created.entry], { source: source ?? null });
      return accept({ session, repeated: created.kind === 'repeated' });
    },

    async get({ sessionId }) {
      const [found] = await readSessions(database, [sessionId]);
      return found === undefined ? refuse('NOT_FOUND', NO_SUCH_CHAT) : accept(found);
    },

    async getMany({ sessionIds }) {
      const found = await readSessions(database, sessionIds);
      return accept({ sessions: found.map(({ session }) => session) });
    },

    async getWithEntries({ sessionId, afterSeq, limit, last }) {
      const [found] = await readSessions(database, [sessionId]);
      if (found === undefined) return refuse('NOT_FOUND', NO_SUCH_CHAT);
      const throughSeq = found.session.lastSeq;
      const [page, notes, rating] = await Promise.all([
        readPage(database, { sessionId, afterSeq, throughSeq, limit, last }),
        readNotes(database, sessionId),
        readRating(database, sessionId),
      ]);
      return accept({ ...found, ...page, notes, rating });
    },

    async listAgentSessions({ agentId }) {
      return accept({ sessions: await readHeldBy(database, agentId) });
    },

    async listEndedSessions({ agentId, limit }) {
      return accept({ sessions: await readEndedWith(database, agentId, limit) });
    },

    async listWaiting({ afterId, limit }) {
      return accept(await readWaiting(database, afterId ?? '', limit));
    },

    /** Goes on for a while only; what is left is deleted by the next call. */
    async cleanup({ olderThanDays }) {
      const end = performance.now() + CLEANUP_LASTS_MS;
      let deleted = 0;
      for (let more = true; more && performance.now() < end; ) {
        const gone = await deleteClosed(database, olderThanDays, DELETED_AT_ONCE);
        deleted += gone;
        more = gone === DELETED_AT_ONCE;
      }
      return accept({ deleted });
    },
  };
}
