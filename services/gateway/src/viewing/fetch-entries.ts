import { type Entry, MAX_PAGE, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Fetches the log page by page, from what follows `after()`, until `accept` says that it is enough or the signal aborts.
 * A page that cannot be had is asked for again, smaller, as the cause may be its size. An empty page ends it, too: what
 * was to follow is not there yet. False when the session is gone.
 */
export async function fetchEntries(options: {
  session: Pick<Caller<SessionApi>, 'listEntries'>;
  sessionId: string;
  after: () => number;
  /** Takes a page; true to go on with the next. */
  accept: (page: Entry[], hasMore: boolean) => boolean;
  signal: AbortSignal;
}): Promise<boolean> {
  const { session, sessionId, signal } = options;
  let limit = MAX_PAGE;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const reply = await session.listEntries({ sessionId, afterSeq: options.after(), limit });
    if (signal.aborted) break;
    if (reply.ok) {
      pause = FIRST_PAUSE_MS;
      const { entries, hasMore } = reply.value;
      if (!options.accept(entries, hasMore) || entries.length === 0) break;
    } else {
      if (reply.code === 'NOT_FOUND') return false;
      limit = Math.max(1, limit >> 2);
      await pauseFor(pause, signal);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  }
  return true;
}

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
