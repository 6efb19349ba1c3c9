import type { Entry } from '@baton/contracts';

/** Entries kept that came before their turn; when there are more, a gap that long is better fetched anew. */
const MAX_EARLY = 1_000;

/**
 * [M3] [M4] What one side has of one session's log. Entries come in any order, doubled, or not at all. Invariants:
 * - `entries` are those numbered base + 1, base + 2, … without a gap, each once;
 * - `early` has only entries behind a gap;
 * - nothing that was in `entries` ever leaves or moves, except by `restart`.
 */
export interface Log {
  /** What is before is not wanted, or not available. */
  readonly base: number;
  readonly entries: readonly Entry[];
  readonly early: ReadonlyMap<number, Entry>;
  /** Highest number known to exist. */
  readonly known: number;
}

export function emptyLog(base: number): Log {
  return { base, entries: [], early: new Map(), known: base };
}

/** Number of the newest entry without a gap before it. */
export const headOf = (log: Log): number => log.base + log.entries.length;

export const isMissing = (log: Log): boolean => log.known > headOf(log);

/** The log is known to reach `lastSeq`. */
export function expectUpTo(log: Log, lastSeq: number): Log {
  return lastSeq > log.known ? { ...log, known: lastSeq } : log;
}

/** Takes entries in. `fresh` are those that are now part of the log and were not before, in order. */
export function accept(log: Log, incoming: readonly Entry[]): { log: Log; fresh: readonly Entry[] } {
  const head = headOf(log);
  const news = incoming.filter(({ seq }) => seq > head && !log.early.has(seq));
  if (news.length === 0) return { log, fresh: [] };
  const early = new Map(log.early);
  let known = log.known;
  for (const entry of news) {
    early.set(entry.seq, entry);
    known = Math.max(known, entry.seq);
  }
  const fresh: Entry[] = [];
  for (let next = early.get(head + 1); next !== undefined; next = early.get(next.seq + 1)) {
    fresh.push(next);
    early.delete(next.seq);
  }
  if (early.size > MAX_EARLY) early.clear();
  const entries = fresh.length === 0 ? log.entries : [...log.entries, ...fresh];
  return { log: { ...log, entries, early, known }, fresh };
}

/**
 * Takes the newest page of a log in, which may begin far behind what is there. When it does not connect, the page
 * takes the place of all that was there, so that nothing is between the two; what is before it may be asked for. What
 * came early, of after the page, still counts.
 */
export function acceptPage(log: Log, page: readonly Entry[], lastSeq: number): { log: Log; fresh: readonly Entry[] } {
  const first = page[0]?.seq ?? lastSeq + 1;
  const connects = log.entries.length > 0 && first <= headOf(log) + 1;
  const result = connects ? accept(log, page) : accept(emptyLog(first - 1), [...page, ...log.early.values()]);
  return { log: expectUpTo(result.log, Math.max(lastSeq, log.known)), fresh: result.fresh };
}

/** Takes entries in that come before the log's beginning: as many as lead up to it without a gap. */
export function prepend(log: Log, earlier: readonly Entry[]): Log {
  const bySeq = new Map(earlier.map((entry) => [entry.seq, entry]));
  const found: Entry[] = [];
  for (let entry = bySeq.get(log.base); entry !== undefined; entry = bySeq.get(entry.seq - 1)) found.push(entry);
  if (found.length === 0) return log;
  return { ...log, base: log.base - found.length, entries: [...found.reverse(), ...log.entries] };
}
