import { expect, it } from 'vitest';
import { createGuessGuard } from './guesses.ts';

const MINUTE = 60_000;

function guarded() {
  let now = 0;
  const guard = createGuessGuard(() => now);
  let guesses = 0;
  return {
    guard,
    pass: (ms: number) => {
      now += ms;
    },
    /** Guesses that are looked at within a time, when the guesser tries ten times a second. */
    lookedAt(address: string, ms: number): number {
      let looked = 0;
      for (const end = now + ms; now < end; now += 100) {
        if (guard.isLocked(address)) continue;
        guard.failed(address, `guess ${guesses++}`);
        looked++;
      }
      return looked;
    },
  };
}

it('[S3] [S6] lets people mistype, and looks at fewer and fewer keys of who guesses', () => {
  const { lookedAt } = guarded();
  expect(lookedAt('192.0.2.1', 1_000)).toBe(10);
  expect(lookedAt('192.0.2.1', MINUTE)).toBeLessThanOrEqual(5);
  expect(lookedAt('192.0.2.1', 60 * MINUTE)).toBeLessThanOrEqual(9);
  // From here on four an hour.
  expect(lookedAt('192.0.2.1', 24 * 60 * MINUTE)).toBeLessThanOrEqual(24 * 4);
});

it('[S6] closes nobody else out, but all of one network', () => {
  const { guard, lookedAt } = guarded();
  lookedAt('2001:db8::1', 1_000);
  expect(guard.isLocked('2001:db8::2')).toBe(true);
  expect(guard.isLocked('2001:db8:0:1::1')).toBe(false);
  expect(guard.isLocked('192.0.2.1')).toBe(false);
});

it('counts a wrong key that is shown again once, as a page does whose key was changed', () => {
  const { guard } = guarded();
  for (let n = 0; n < 1_000; n++) guard.failed('192.0.2.1', 'the old key');
  expect(guard.isLocked('192.0.2.1')).toBe(false);
});

it('forgets who has been quiet for an hour', () => {
  const { guard, lookedAt, pass } = guarded();
  lookedAt('192.0.2.1', 10 * MINUTE);
  pass(61 * MINUTE);
  expect(guard.isLocked('192.0.2.1')).toBe(false);
  guard.failed('192.0.2.1', 'mistyped');
  expect(guard.isLocked('192.0.2.1')).toBe(false);
});

it('[S6] remembers a bounded number of networks and keys, those that guess now first', () => {
  const { guard, lookedAt } = guarded();
  lookedAt('192.0.2.1', 10 * MINUTE);
  for (let n = 0; n < 9_999; n++) guard.failed(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 'a');
  expect(guard.size).toBe(10_000);
  expect(guard.isLocked('192.0.2.1')).toBe(true);
  for (let n = 0; n < 30_000; n++) guard.failed(`11.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 'a');
  expect(guard.size).toBe(10_000);
});
