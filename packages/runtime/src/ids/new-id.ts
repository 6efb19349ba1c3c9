import { v7 } from 'uuid';
import { randomBytes } from './random.ts';

let milliseconds = 0;
let sequence = 0;

/**
 * A UUID of version 7 (RFC 9562, section 5.7), larger than every one that this process made before: within one
 * millisecond they are counted on from a random number. The library does the same with random bytes of its own, for
 * which it asks the system each time.
 */
export function newId(): string {
  const random = randomBytes(16);
  const now = Date.now();
  if (now > milliseconds) {
    milliseconds = now;
    sequence = random.readUInt32BE(0) >>> 1;
  } else {
    sequence++;
  }
  return v7({ msecs: milliseconds, seq: sequence, random });
}
