import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { createLane } from '../budgets/lane.ts';
import { takeModelCall } from '../budgets/store-postgres.ts';
import { readPage } from '../log/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { beginTurn, endTurn, findUnanswered } from './store-postgres.ts';

type TurnHandlers = Pick<Handlers<SessionApi>, 'beginTurn' | 'takeModelCall' | 'endTurn' | 'listUnanswered'>;

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
  const lane = createLane();
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

    async takeModelCall(asked) {
      return accept(await lane(() => takeModelCall(database, asked)));
    },

    async endTurn({ sessionId, worker, memory, tokens }) {
      const end = () => endTurn(database, { sessionId, worker, memory, tokens });
      const owed = await (tokens ? lane(end) : end());
      return owed === undefined ? refuse('NOT_FOUND', refusals.NOT_FOUND) : accept({ owed });
    },

    async listUnanswered({ olderThanMs, limit }) {
      const found = await findUnanswered(database, olderThanMs, limit);
      const sessions = found.map(({ source, ...owed }) => ({ ...owed, ...(source !== null && { source }) }));
      return accept({ sessions });
    },
  };
}
