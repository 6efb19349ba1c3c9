/** The most bytes of JSON in one reply's list. NATS carries messages of at most 1 MB by default. */
const MAX_LIST_BYTES = 512 * 1024;

/** Counts the leading items that fit into one message: at least one, so that paging always advances. */
export function countFitting(items: readonly unknown[], maxBytes: number = MAX_LIST_BYTES): number {
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (bytes > maxBytes && index > 0) return index;
  }
  return items.length;
}
