import type { Entry } from '@baton/contracts';
import * as order from '@baton/contracts/arrival';

/**
 * [M3] [M4] What one side has of one session's log. Entries come in any order, doubled, or not at all. Invariants:
 * - `entries` are those numbered base + 1, base + 2, … up to the buffer's head, without a gap, each once;
 * - nothing that was in `entries` ever leaves or moves, except by `acceptPage`.
 */
export interface Log {
  /** What is before is not wanted, or not available. */
  readonly base: number;
  readonly entries: readonly Entry[];
  readonly buffer: order.ReorderBuffer<Entry>;
}

export function emptyLog(base: number): Log {
  return { base, entries: [], buffer: order.bufferFrom(base) };
}

/** Number of the newest entry without a gap before it. */
export const headOf = (log: Log): number => log.buffer.head;

export const isMissing = (log: Log): boolean => order.isMissing(log.buffer);

/** The log is known to reach `lastSeq`. */
export function expectUpTo(log: Log, lastSeq: number): Log {
  const buffer = order.expectUpTo(log.buffer, lastSeq);
  return buffer === log.buffer ? log : { ...log, buffer };
}

/** Takes entries in. `fresh` are those that are now part of the log and were not before, in order. */
export function accept(log: Log, incoming: readonly Entry[]): { log: Log; fresh: readonly Entry[] } {
  const { buffer, fresh } = order.takeIn(log.buffer, incoming);
  if (buffer === log.buffer) return { log, fresh };
  const entries = fresh.length === 0 ? log.entries : [...log.entries, ...fresh];
  return { log: { ...log, entries, buffer }, fresh };
}

/**
 * Takes the newest page of a log in, which may begin far behind what is there. When it does not connect, the page
 * takes the place of all that was there, so that nothing is between the two; what is before it may be asked for. What
 * came early, of after the page, still counts.
 */
export function acceptPage(log: Log, page: readonly Entry[], lastSeq: number): { log: Log; fresh: readonly Entry[] } {
  const first = page[0]?.seq ?? lastSeq + 1;
  const connects = log.entries.length > 0 && first <= headOf(log) + 1;
  const result = connects ? accept(log, page) : accept(emptyLog(first - 1), [...page, ...log.buffer.early.values()]);
  return { log: expectUpTo(result.log, Math.max(lastSeq, log.buffer.known)), fresh: result.fresh };
}

/** Takes entries in that come before the log's beginning: as many as lead up to it without a gap. */
export function prepend(log: Log, earlier: readonly Entry[]): Log {
  const bySeq = new Map(earlier.map((entry) => [entry.seq, entry]));
  const found: Entry[] = [];
  for (let entry = bySeq.get(log.base); entry !== undefined; entry = bySeq.get(entry.seq - 1)) found.push(entry);
  if (found.length === 0) return log;
  return { ...log, base: log.base - found.length, entries: [...found.reverse(), ...log.entries] };
}
