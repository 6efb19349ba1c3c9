import {
  type Entry,
  MAX_PAGE,
  type PayloadOf,
  type Reply,
  type ServerEvents,
  type SessionApi,
  type Wait,
} from '@baton/contracts';
import type { Caller } from '@baton/runtime';

export interface Snapshot {
  /** As `session:assigned` carries it. */
  session: PayloadOf<ServerEvents['session:assigned']>['session'];
  wait: Wait | null;
  /** Number of the newest entry in it. */
  lastSeq: number;
}

const SMALLEST_PAGE = 10;

/**
 * What an agent is told of a chat that it was given: session, newest page of the log, brief and notes. When it cannot
 * be had, a smaller page is tried, as the cause may be its size; the agent fetches nothing, so a page it must be.
 */
export async function fetchSnapshot(
  session: Pick<Caller<SessionApi>, 'getWithEntries'>,
  sessionId: string,
): Promise<Reply<Snapshot>> {
  for (let limit = MAX_PAGE; ; limit = Math.max(SMALLEST_PAGE, limit >> 2)) {
    const reply = await session.getWithEntries({ sessionId, last: true, limit });
    if (!reply.ok) {
      if (reply.code === 'NOT_FOUND' || limit <= SMALLEST_PAGE) return reply;
      continue;
    }
    const { entries, hasMore, notes, wait, rating = null } = reply.value;
    return {
      ok: true,
      value: {
        session: { ...reply.value.session, messages: entries, hasMore, brief: wait?.brief ?? null, notes, rating },
        wait,
        lastSeq: newestOf(entries) ?? reply.value.session.lastSeq,
      },
    };
  }
}

const newestOf = (entries: readonly Entry[]): number | undefined => entries.at(-1)?.seq;
