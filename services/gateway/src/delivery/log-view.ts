import type { Entry } from '@baton/contracts';

/** Early entries kept while a gap before them is filled; beyond it they are fetched again instead. */
const MAX_EARLY = 500;

/** One socket that looks at a session. */
export interface Viewer {
  /** Number of the newest entry it was shown, or had before it came. */
  readonly at: number;
  /** It is not level with the others: it gets nothing live, only pages that were fetched for it. */
  readonly behind: boolean;
}

/**
 * What one gateway has shown of one session's log, to all its viewers there. [M3] [M4] [M5]
 *
 * Entries come in any order, doubled, or not at all; pages of the log are fetched to fill what is missing. Invariants:
 * - a viewer that came with `at = n` is shown n + 1, n + 2, … each once, in order, whatever comes;
 * - a viewer that is not behind has been shown everything that the view has: `at >= shown`;
 * - `missing` is true exactly when an entry after `shown` is known to exist.
 * It decides only; who calls it subscribes, waits and fetches. `beforeShow` is told each entry once, before any viewer.
 */
export function createLogView(beforeShow: (entry: Entry) => void = () => {}) {
  /** Undefined until the first viewer begins and with it where the log stands is known. */
  let shown: number | undefined;
  /** Highest number known to exist. */
  let known = 0;
  const early = new Map<number, Entry>();
  const viewers = new Map<Viewer, { at: number; behind: boolean; show: (entry: Entry) => void }>();

  const keepEarly = (entries: readonly Entry[]) => {
    for (const entry of entries) {
      known = Math.max(known, entry.seq);
      if (shown === undefined || entry.seq > shown) early.set(entry.seq, entry);
    }
  };
  const forgetTooMany = () => {
    if (early.size > MAX_EARLY) early.clear();
  };
  const showInOrder = () => {
    if (shown === undefined) return;
    for (let next = early.get(shown + 1); next !== undefined; next = early.get(shown + 1)) {
      early.delete(next.seq);
      shown = next.seq;
      beforeShow(next);
      for (const viewer of [...viewers.values()]) {
        if (viewer.behind || next.seq <= viewer.at || !viewers.has(viewer)) continue;
        viewer.at = next.seq;
        viewer.show(next);
      }
    }
  };

  return {
    /** Whether where the log stands is known: before that nothing is shown. */
    get begun() {
      return shown !== undefined;
    },
    get shown() {
      return shown ?? 0;
    },
    get missing() {
      return shown !== undefined && known > shown;
    },

    /** Entries that were announced or fetched. Shows whatever is next in order to those who are level. */
    accept(entries: readonly Entry[]): void {
      keepEarly(entries);
      showInOrder();
      forgetTooMany();
    },

    /** The log is known to reach `lastSeq`. */
    expect(lastSeq: number): void {
      known = Math.max(known, lastSeq);
    },

    /**
     * A viewer that has seen everything up to `at`, of a log that reaches at least `lastSeq`. When it is `behind`,
     * fetch what follows its `at` and give it to `catchUp`, until it no longer is.
     */
    enter(options: { at: number; lastSeq: number; show: (entry: Entry) => void }): Viewer {
      known = Math.max(known, options.lastSeq, options.at);
      if (shown === undefined) {
        shown = options.lastSeq;
        for (const seq of [...early.keys()]) if (seq <= shown) early.delete(seq);
      }
      const viewer = { at: options.at, behind: options.at < shown, show: options.show };
      viewers.set(viewer, viewer);
      showInOrder();
      return viewer;
    },

    /** A page of the log that begins at or before the entry that this viewer needs next. */
    catchUp(viewer: Viewer, page: readonly Entry[]): void {
      const state = viewers.get(viewer);
      if (state === undefined) return;
      for (const entry of page) {
        if (!state.behind || entry.seq !== state.at + 1) continue;
        state.at = entry.seq;
        state.show(entry);
      }
      keepEarly(page);
      showInOrder();
      forgetTooMany();
      state.behind = state.at < (shown ?? 0);
    },

    leave(viewer: Viewer): void {
      viewers.delete(viewer);
    },
  };
}
