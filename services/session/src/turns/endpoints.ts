import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { createMutex } from '../budgets/mutex.ts';
import type { Stores } from '../stores-postgres.ts';

type TurnHandlers = Pick<Handlers<SessionApi>, 'beginTurn' | 'takeModelCall' | 'endTurn' | 'listUnanswered'>;

/** The largest number of the column. */
const ANY_SEQ = 2 ** 31 - 1;

const refusals = {
  NOT_FOUND: 'There is no such chat.',
  SESSION_CLOSED: 'The chat has ended.',
  NOTHING_OWED: 'No reply of the bot is pending here.',
  TURN_TAKEN: 'Another worker is on this turn.',
} as const;

export function turnEndpoints(parts: { stores: Pick<Stores, 'turns' | 'entries' | 'budgets'> }): TurnHandlers {
  const { turns, entries, budgets } = parts.stores;
  const mutex = createMutex();
  return {
    async beginTurn({ sessionId, worker, leaseMs, limit }) {
      const newest = (throughSeq: number) =>
        entries.readPage({ sessionId, afterSeq: 0, throughSeq, limit, last: true });
      // Concurrently: leases are rarely refused, and the customer waits.
      const [turn, page] = await Promise.all([turns.begin({ sessionId, worker, leaseMs }), newest(ANY_SEQ)]);
      if (typeof turn === 'string') return refuse(turn, refusals[turn]);
      // Entries never change, so a page that ends at the session's last entry is consistent. Any other is read again.
      const { lastSeq } = turn.session;
      const { entries: read } = page.entries.at(-1)?.seq === lastSeq ? page : await newest(lastSeq);
      const { source, ...begun } = turn;
      return accept({ ...begun, entries: read, ...(source !== null && { source }) });
    },

    async takeModelCall(request) {
      return accept(await mutex(() => budgets.takeModelCall(request)));
    },

    async endTurn({ sessionId, worker, memory, tokens }) {
      const end = () => turns.end({ sessionId, worker, memory, tokens });
      const pending = await (tokens ? mutex(end) : end());
      return pending === undefined ? refuse('NOT_FOUND', refusals.NOT_FOUND) : accept({ owed: pending });
    },

    async listUnanswered({ olderThanMs, limit }) {
      const found = await turns.findUnanswered(olderThanMs, limit);
      const sessions = found.map(({ source, ...rest }) => ({ ...rest, ...(source !== null && { source }) }));
      return accept({ sessions });
    },
  };
}
