import type { Clock } from '../platform/environment.ts';

/**
 * How long to wait before the next try: twice as long after each, up to `most`, less a random part up to half of it so
 * that clients do not come back all at once.
 */
export function createBackoff(clock: Clock, { first, most }: { first: number; most: number }) {
  let tries = 0;
  return {
    /** Milliseconds. */
    next(): number {
      const whole = Math.min(most, first * 2 ** Math.min(tries, 20));
      tries++;
      return whole * (1 - clock.random() / 2);
    },
    reset(): void {
      tries = 0;
    },
  };
}
