import { MAX_PAGE, type PayloadOf, type Reply, type ServerEvents, type SessionApi, type Wait } from '@baton/contracts';
import type { Caller } from '@baton/runtime';

export interface Snapshot {
  /** The payload of `session:assigned`. */
  session: PayloadOf<ServerEvents['session:assigned']>['session'];
  wait: Wait | null;
  /** Number of its newest entry. */
  lastSeq: number;
}

const SMALLEST_PAGE = 10;

/**
 * What an agent is told of a session assigned to it: the session, the newest page of its log, brief and notes. If the
 * page cannot be loaded, its size may be the cause, and a smaller one is tried: an agent cannot work without any.
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
        lastSeq: entries.at(-1)?.seq ?? reply.value.session.lastSeq,
      },
    };
  }
}
