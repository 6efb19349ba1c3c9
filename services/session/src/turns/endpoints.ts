import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { createLane } from '../budgets/lane.ts';
import type { Stores } from '../stores-postgres.ts';

type TurnHandlers = Pick<Handlers<SessionApi>, 'beginTurn' | 'takeModelCall' | 'endTurn' | 'listUnanswered'>;

/** Beyond every number that the column holds. */
const ANY_SEQ = 2 ** 31 - 1;

const refusals = {
  NOT_FOUND: 'There is no such chat.',
  SESSION_CLOSED: 'The chat has ended.',
  NOTHING_OWED: 'The bot owes no answer here.',
  TURN_TAKEN: 'Another worker is on this turn.',
} as const;

export function turnEndpoints(parts: { stores: Pick<Stores, 'turns' | 'entries' | 'budgets'> }): TurnHandlers {
  const { turns, entries, budgets } = parts.stores;
  const lane = createLane();
  return {
    async beginTurn({ sessionId, worker, leaseMs, limit }) {
      const newest = (throughSeq: number) =>
        entries.readPage({ sessionId, afterSeq: 0, throughSeq, limit, last: true });
      // Both at once, as hardly any lease is refused and the customer waits.
      const [turn, page] = await Promise.all([turns.begin({ sessionId, worker, leaseMs }), newest(ANY_SEQ)]);
      if (typeof turn === 'string') return refuse(turn, refusals[turn]);
      // Entries never change: a page that ends where the session did belongs to it. Any other is read again.
      const { lastSeq } = turn.session;
      const { entries: read } = page.entries.at(-1)?.seq === lastSeq ? page : await newest(lastSeq);
      const { source, ...begun } = turn;
      return accept({ ...begun, entries: read, ...(source !== null && { source }) });
    },

    async takeModelCall(asked) {
      return accept(await lane(() => budgets.takeModelCall(asked)));
    },

    async endTurn({ sessionId, worker, memory, tokens }) {
      const end = () => turns.end({ sessionId, worker, memory, tokens });
      const owed = await (tokens ? lane(end) : end());
      return owed === undefined ? refuse('NOT_FOUND', refusals.NOT_FOUND) : accept({ owed });
    },

    async listUnanswered({ olderThanMs, limit }) {
      const found = await turns.findUnanswered(olderThanMs, limit);
      const sessions = found.map(({ source, ...owed }) => ({ ...owed, ...(source !== null && { source }) }));
      return accept({ sessions });
    },
  };
}
