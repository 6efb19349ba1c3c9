/** The most bytes of JSON in one reply's list. NATS carries messages of at most 1 MB by default. */
const MAX_LIST_BYTES = 512 * 1024;

/**
 * Counts the leading items that fit into one message: at least one, so that paging always advances. `bytesOf` may tell
 * more than an item takes, where measuring it would cost as much as sending it.
 */
export function countFitting<Item>(
  items: readonly Item[],
  maxBytes: number = MAX_LIST_BYTES,
  bytesOf: (item: Item) => number = (item) => Buffer.byteLength(JSON.stringify(item)),
): number {
  if (items.length <= 1) return items.length;
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    bytes += bytesOf(item);
    if (bytes > maxBytes && index > 0) return index;
  }
  return items.length;
}

/** No less than a text takes in JSON. A long one is measured. */
export const jsonBytesAtMost = (text: string): number =>
  text.length < MEASURED_LENGTH ? text.length * MAX_CHARACTER_BYTES : Buffer.byteLength(JSON.stringify(text));
/** Of a UTF-16 unit: \u0000. */
const MAX_CHARACTER_BYTES = 6;
const MEASURED_LENGTH = 1_000;
