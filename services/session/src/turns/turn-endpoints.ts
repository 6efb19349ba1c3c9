import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Database } from '../database-postgres.ts';
import { readPage } from '../log/entries-postgres.ts';
import { beginTurn, endTurn, findUnanswered } from './turns-postgres.ts';

type TurnHandlers = Pick<Handlers<SessionApi>, 'beginTurn' | 'endTurn' | 'listUnanswered'>;

/** Beyond every number that the column holds. */
const ANY_SEQ = 2 ** 31 - 1;

const refusals = {
  NOT_FOUND: 'There is no such chat.',
  SESSION_CLOSED: 'The chat has ended.',
  NOTHING_OWED: 'The bot owes no answer here.',
  TURN_TAKEN: 'Another worker is on this turn.',
} as const;

export function turnHandlers(parts: { database: Database }): TurnHandlers {
  const { database } = parts;
  return {
    async beginTurn({ sessionId, worker, leaseMs, limit }) {
      const newest = (throughSeq: number) =>
        readPage(database, { sessionId, afterSeq: 0, throughSeq, limit, last: true });
      // Both at once, as hardly any lease is refused and the customer waits.
      const [turn, page] = await Promise.all([beginTurn(database, { sessionId, worker, leaseMs }), newest(ANY_SEQ)]);
      if (typeof turn === 'string') return refuse(turn, refusals[turn]);
      // Entries never change: a page that ends where the session did belongs to it. Any other is read again.
      const { lastSeq } = turn.session;
      const { entries } = page.entries.at(-1)?.seq === lastSeq ? page : await newest(lastSeq);
      const { source, ...begun } = turn;
      return accept({ ...begun, entries, ...(source !== null && { source }) });
    },

    async endTurn({ sessionId, worker, memory }) {
      const owed = await endTurn(database, { sessionId, worker, memory });
      return owed === undefined ? refuse('NOT_FOUND', refusals.NOT_FOUND) : accept({ owed });
    },

    async listUnanswered({ olderThanMs, limit }) {
      const found = await findUnanswered(database, olderThanMs, limit);
      const sessions = found.map(({ source, ...owed }) => ({ ...owed, ...(source !== null && { source }) }));
      return accept({ sessions });
    },
  };
}
