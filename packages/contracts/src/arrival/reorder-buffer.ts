/** Early entries kept while a gap before them is filled. Beyond this many they are dropped and fetched again. */
const MAX_EARLY = 500;

/**
 * [M3] [M4] What a reader of one log has been shown. Entries arrive in any order, more than once, or not at all, and
 * leave in order, each once. Never changed, replaced by another. Invariants:
 * - everything up to `head` has left, and nothing after it;
 * - `early` has only entries behind a gap;
 * - an entry after `head` is missing exactly when `known > head`.
 */
export interface ReorderBuffer<Item extends Numbered> {
  /** Number of the newest entry that has left. -1: it is not known where to begin, so nothing leaves. */
  readonly head: number;
  /** Highest number known to exist. */
  readonly known: number;
  readonly early: ReadonlyMap<number, Item>;
}
interface Numbered {
  readonly seq: number;
}

/** A reader that has everything up to `head`. */
export function bufferFrom<Item extends Numbered>(head: number): ReorderBuffer<Item> {
  return { head, known: head, early: new Map() };
}

export const isMissing = ({ head, known }: ReorderBuffer<Numbered>): boolean => known > head;

/** The log is known to reach `lastSeq`. */
export function expectUpTo<Item extends Numbered>(buffer: ReorderBuffer<Item>, lastSeq: number): ReorderBuffer<Item> {
  return lastSeq > buffer.known ? { ...buffer, known: lastSeq } : buffer;
}

/** Takes entries in. `fresh` are those that leave now, in order. The same buffer when it learns nothing. */
export function takeIn<Item extends Numbered>(
  buffer: ReorderBuffer<Item>,
  incoming: readonly Item[],
): { buffer: ReorderBuffer<Item>; fresh: readonly Item[] } {
  let { head, known } = buffer;
  const news = incoming.filter(({ seq }) => seq > head && !buffer.early.has(seq));
  if (news.length === 0) return { buffer, fresh: [] };
  const early = new Map(buffer.early);
  const fresh: Item[] = [];
  for (const item of news) {
    known = Math.max(known, item.seq);
    early.set(item.seq, item);
  }
  for (let next = early.get(head + 1); next !== undefined; next = early.get(head + 1)) {
    fresh.push(next);
    early.delete(next.seq);
    head = next.seq;
  }
  if (early.size > MAX_EARLY) early.clear();
  return { buffer: { head, known, early }, fresh };
}

/** The reader has everything up to `head` now; what came early still counts. */
export function beginAt<Item extends Numbered>(
  { known, early }: ReorderBuffer<Item>,
  head: number,
): { buffer: ReorderBuffer<Item>; fresh: readonly Item[] } {
  return takeIn({ ...bufferFrom<Item>(head), known: Math.max(known, head) }, [...early.values()]);
}
