import { accept, type Entry, MAX_PAGE, type Reply, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { PageSlot } from './catch-up-pace.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Fetches the log page by page, starting after `after()`, until `accept` returns false, a page is empty or the signal
 * aborts. If a page cannot be loaded, its size may be the cause, and a smaller one is requested. Resolves to false when
 * the session does not exist.
 */
export async function fetchEntries(options: {
  session: Pick<Caller<SessionApi>, 'listEntries'>;
  sessionId: string;
  after: () => number;
  /** Takes a page; true to continue with the next. */
  accept: (page: Entry[], hasMore: boolean) => boolean;
  /** Waits until the next page may be fetched. */
  nextSlot?: () => Promise<PageSlot>;
  signal: AbortSignal;
}): Promise<boolean> {
  const { session, sessionId, signal } = options;
  let limit = MAX_PAGE;
  let pause = FIRST_PAUSE_MS;
  const fetchOne = async (slot: PageSlot | undefined) => {
    let fetched: readonly Entry[] = [];
    try {
      if (signal.aborted) return 'end';
      const most = Math.min(limit, slot?.limit ?? MAX_PAGE);
      const reply = await session.listEntries({
        sessionId,
        afterSeq: options.after(),
        limit: most,
        ...(slot && { maxBytes: slot.maxBytes }),
      });
      if (signal.aborted) return 'end';
      if (!reply.ok) return reply.code === 'NOT_FOUND' ? 'gone' : 'later';
      fetched = reply.value.entries;
      return options.accept(reply.value.entries, reply.value.hasMore) && fetched.length > 0 ? 'continue' : 'end';
    } finally {
      // Release the slot on failure too: others wait for it.
      slot?.end(fetched.length, bytesOf(fetched));
    }
  };
  for (;;) {
    const outcome = await fetchOne(await options.nextSlot?.());
    if (outcome === 'end') return true;
    if (outcome === 'gone') return false;
    if (outcome === 'continue') {
      pause = FIRST_PAUSE_MS;
      continue;
    }
    limit = Math.max(1, limit >> 2);
    await pauseFor(pause, signal);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}

/** Their approximate size on the wire. */
const bytesOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { content }) => sum + ENTRY_BYTES + Buffer.byteLength(content), 0);
const ENTRY_BYTES = 300;

function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}

/**
 * One page of a log for a reader that has a slot: the entries after `afterSeq(most)`, where `most` is the size of the
 * page. Large entries make the page shorter, as one reply of the session service is limited in bytes.
 */
export async function fetchPage(options: {
  session: Pick<Caller<SessionApi>, 'listEntries'>;
  sessionId: string;
  afterSeq: (most: number) => number;
  limit: number;
  nextSlot: () => Promise<PageSlot>;
}): Promise<Reply<{ entries: Entry[]; hasMore: boolean }>> {
  const { session, sessionId, afterSeq } = options;
  const slot = await options.nextSlot();
  let fetched: readonly Entry[] = [];
  try {
    const limit = Math.min(options.limit, slot.limit);
    const reply = await session.listEntries({ sessionId, afterSeq: afterSeq(limit), limit, maxBytes: slot.maxBytes });
    if (!reply.ok) return reply;
    fetched = reply.value.entries;
    return accept({ entries: reply.value.entries, hasMore: reply.value.hasMore });
  } finally {
    // Release the slot on failure too: others wait for it.
    slot.end(fetched.length, bytesOf(fetched));
  }
}
