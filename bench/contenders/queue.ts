/** A queue of waiting customers, with the operations that all contenders have. */
export interface ContenderQueue {
  /** Puts many into the queue before anything is measured. */
  fill(ids: readonly string[]): Promise<void>;
  enqueue(id: string): Promise<unknown>;
  /** Takes the next out of the queue for good. */
  claim(): Promise<unknown>;
  /** So many workers claim so many in all, each the next one when its last is done. */
  claimMany(takers: number, count: number): Promise<unknown>;
  /** Undefined where there is no such operation. */
  position: ((id: string) => Promise<unknown>) | undefined;
  remove(id: string): Promise<unknown>;
  close(): Promise<void>;
}

/** One in ten is urgent, one in ten can wait: 0 high, 1 normal, 2 low. */
export const levelOf = (id: string): 0 | 1 | 2 => {
  const digit = id.charCodeAt(id.length - 1) % 10;
  return digit === 0 ? 0 : digit === 1 ? 2 : 1;
};

/** Takers who know nothing better than to claim one after the other. */
export const oneByOne =
  (claim: () => Promise<unknown>): ContenderQueue['claimMany'] =>
  (takers, count) =>
    byTakers(takers, count, async (next) => {
      while (next()) await claim();
    });

/** Has takers share a number of claims: each goes on as long as `next` says that there is one more for it. */
export async function byTakers(
  takers: number,
  count: number,
  take: (next: () => boolean, taker: number) => Promise<void>,
): Promise<void> {
  let left = count;
  const next = () => left-- > 0;
  await Promise.all(Array.from({ length: takers }, (_, taker) => take(next, taker)));
}

/** Parts of a list, none longer than `size`. */
export function* inParts<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
