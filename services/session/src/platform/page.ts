/** Most bytes of JSON in the list of one answer: NATS carries a message of 1 MB, unless it is told otherwise. */
const MAX_LIST_BYTES = 512 * 1024;

/**
 * How many of the items, from the first, fit into one answer: at least one, so that a reader who pages goes on.
 */
export function fitting(items: readonly unknown[], maxBytes: number = MAX_LIST_BYTES): number {
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (bytes > maxBytes && index > 0) return index;
  }
  return items.length;
}
