import type { Entry } from '@baton/contracts';

/** Early entries kept while a gap before them is filled. Beyond this many they are dropped and fetched again. */
const MAX_EARLY = 500;

/** How far one subscriber has been shown the log. */
export interface Cursor {
  /** Number of the newest entry it was shown, or already had. */
  readonly at: number;
  /** It still catches up: it receives the pages fetched for it and no live entries. */
  readonly behind: boolean;
}

/**
 * One session's log in order, for all its subscribers on this gateway. [M3] [M4] [M5]
 *
 * Entries arrive in any order, more than once, or not at all; pages fetched from the session service fill the gaps.
 * Invariants:
 * - a cursor opened at n is shown n + 1, n + 2, … each once and in order, whatever arrives;
 * - a cursor that is not behind has been shown everything that this log has shown: `at >= shown`;
 * - `missing` is true exactly when an entry after `shown` is known to exist.
 * It does no I/O: the caller subscribes, waits and fetches. `beforeShow` sees each entry once, before any subscriber.
 */
export function createOrderedLog(beforeShow: (entry: Entry) => void = () => {}) {
  /** Undefined until the first cursor opens, which brings the length of the log. */
  let shown: number | undefined;
  /** Highest number known to exist. */
  let known = 0;
  const early = new Map<number, Entry>();
  const cursors = new Map<Cursor, { at: number; behind: boolean; show: (entry: Entry) => void }>();

  const keepEarly = (entries: readonly Entry[]) => {
    for (const entry of entries) {
      known = Math.max(known, entry.seq);
      if (shown === undefined || entry.seq > shown) early.set(entry.seq, entry);
    }
  };
  const limitEarly = () => {
    if (early.size > MAX_EARLY) early.clear();
  };
  const showInOrder = () => {
    if (shown === undefined) return;
    for (let next = early.get(shown + 1); next !== undefined; next = early.get(shown + 1)) {
      early.delete(next.seq);
      shown = next.seq;
      beforeShow(next);
      for (const cursor of [...cursors.values()]) {
        if (cursor.behind || next.seq <= cursor.at || !cursors.has(cursor)) continue;
        cursor.at = next.seq;
        cursor.show(next);
      }
    }
  };

  return {
    /** Whether the length of the log is known. Nothing is shown before. */
    get begun() {
      return shown !== undefined;
    },
    get shown() {
      return shown ?? 0;
    },
    get missing() {
      return shown !== undefined && known > shown;
    },

    /** Entries that were published or fetched. Shows what is next in order to every cursor that is not behind. */
    accept(entries: readonly Entry[]): void {
      keepEarly(entries);
      showInOrder();
      limitEarly();
    },

    /** The log is known to reach `lastSeq`. */
    expect(lastSeq: number): void {
      known = Math.max(known, lastSeq);
    },

    /**
     * A subscriber that has everything up to `at`, of a log that reaches at least `lastSeq`. While the cursor is
     * `behind`, fetch what follows its `at` and pass it to `catchUp`.
     */
    open(options: { at: number; lastSeq: number; show: (entry: Entry) => void }): Cursor {
      known = Math.max(known, options.lastSeq, options.at);
      if (shown === undefined) {
        shown = options.lastSeq;
        for (const seq of [...early.keys()]) if (seq <= shown) early.delete(seq);
      }
      const cursor = { at: options.at, behind: options.at < shown, show: options.show };
      cursors.set(cursor, cursor);
      showInOrder();
      return cursor;
    },

    /** A page of the log that starts at or before the entry this cursor needs next. */
    catchUp(cursor: Cursor, page: readonly Entry[]): void {
      const state = cursors.get(cursor);
      if (state === undefined) return;
      for (const entry of page) {
        if (!state.behind || entry.seq !== state.at + 1) continue;
        state.at = entry.seq;
        state.show(entry);
      }
      keepEarly(page);
      showInOrder();
      limitEarly();
      state.behind = state.at < (shown ?? 0);
    },

    close(cursor: Cursor): void {
      cursors.delete(cursor);
    },
  };
}
