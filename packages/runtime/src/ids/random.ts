import { randomFillSync } from 'node:crypto';

/** Asking for random bytes costs far more than they do, so they are asked for by the page. */
const page = Buffer.alloc(4_096);
let used = page.length;

/** Random bytes, each given out once. They are to be read before this is called again. */
export function randomBytes(count: number): Buffer {
  if (used + count > page.length) {
    randomFillSync(page);
    used = 0;
  }
  used += count;
  return page.subarray(used - count, used);
}
