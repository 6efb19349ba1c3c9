import type { Entry } from '@baton/contracts';
import { beginAt, bufferFrom, expectUpTo, isMissing, type ReorderBuffer, takeIn } from '@baton/contracts/arrival';

/** Before the first entry of any log: nothing is shown. */
const NOT_BEGUN = -1;

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
  /** Begins where the first cursor opens, which brings the length of the log. */
  let buffer: ReorderBuffer<Entry> = bufferFrom(NOT_BEGUN);
  const cursors = new Map<Cursor, { at: number; behind: boolean; show: (entry: Entry) => void }>();

  const show = (next: { buffer: ReorderBuffer<Entry>; fresh: readonly Entry[] }) => {
    buffer = next.buffer;
    for (const entry of next.fresh) {
      beforeShow(entry);
      for (const cursor of [...cursors.values()]) {
        if (cursor.behind || entry.seq <= cursor.at || !cursors.has(cursor)) continue;
        cursor.at = entry.seq;
        cursor.show(entry);
      }
    }
  };

  return {
    /** Whether the length of the log is known. Nothing is shown before. */
    get begun() {
      return buffer.head !== NOT_BEGUN;
    },
    get shown() {
      return Math.max(0, buffer.head);
    },
    get missing() {
      return buffer.head !== NOT_BEGUN && isMissing(buffer);
    },

    /** Entries that were published or fetched. Shows what is next in order to every cursor that is not behind. */
    accept(entries: readonly Entry[]): void {
      show(takeIn(buffer, entries));
    },

    /** The log is known to reach `lastSeq`. */
    expect(lastSeq: number): void {
      buffer = expectUpTo(buffer, lastSeq);
    },

    /**
     * A subscriber that has everything up to `at`, of a log that reaches at least `lastSeq`. While the cursor is
     * `behind`, fetch what follows its `at` and pass it to `catchUp`.
     */
    open(options: { at: number; lastSeq: number; show: (entry: Entry) => void }): Cursor {
      const { at, lastSeq } = options;
      const shown = buffer.head === NOT_BEGUN ? lastSeq : buffer.head;
      const cursor = { at, behind: at < shown, show: options.show };
      cursors.set(cursor, cursor);
      const begun = buffer.head === NOT_BEGUN ? beginAt(buffer, lastSeq) : { buffer, fresh: [] };
      show({ ...begun, buffer: expectUpTo(begun.buffer, Math.max(at, lastSeq)) });
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
      show(takeIn(buffer, page));
      state.behind = state.at < buffer.head;
    },

    close(cursor: Cursor): void {
      cursors.delete(cursor);
    },
  };
}
