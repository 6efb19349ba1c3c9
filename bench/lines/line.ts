/** A line of waiting customers, as far as all that are compared can do it. */
export interface Line {
  /** Puts many in line before anything is measured. */
  fill(ids: readonly string[]): Promise<void>;
  enqueue(id: string): Promise<unknown>;
  /** Takes the next out of line for good. */
  claim(): Promise<unknown>;
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

/** Parts of a list, none longer than `size`. */
export function* inParts<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
