import { accept, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { Connection } from '../connections/connection.ts';
import type { CatchUpPace, PageSlot } from '../delivery/catch-up/catch-up-pace.ts';
import { fetchPage } from '../delivery/catch-up/fetch-entries.ts';

/** A page is fetched to its end, even if the connection is gone by then. */
const NEVER = new AbortController().signal;

/** [S6] Pages of a log that customers ask for. They share the catch-up pace, which also limits their size. */
export function logPages(options: {
  session: Pick<Caller<SessionApi>, 'listEntries'>;
  pace: Pick<CatchUpPace, 'begin'>;
}) {
  const { session, pace } = options;
  const slots = new WeakMap<Connection, () => Promise<PageSlot>>();
  const slotsOf = (connection: Connection): (() => Promise<PageSlot>) => {
    const known = slots.get(connection);
    if (known !== undefined) return known;
    const begun = pace.begin(connection, NEVER);
    slots.set(connection, begun);
    return begun;
  };

  return {
    /** The entries after this number, from the first of them. */
    after: (connection: Connection, sessionId: string, afterSeq: number, limit: number) =>
      fetchPage({ session, sessionId, afterSeq: () => afterSeq, limit, nextSlot: slotsOf(connection) }),
    /** The entries after `at` when they are few, from the first of them; the last ones when they are many. */
    async newest(connection: Connection, { id: sessionId, lastSeq }: Session, at: number, limit: number) {
      if (at >= lastSeq) return accept({ entries: [], hasMore: false });
      const afterSeq = (most: number) => (lastSeq - at <= limit ? at : lastSeq - most);
      return fetchPage({ session, sessionId, afterSeq, limit, nextSlot: slotsOf(connection) });
    },
  };
}
