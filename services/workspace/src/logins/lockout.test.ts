import { expect, it } from 'vitest';
import { lockoutRules, lockSeconds } from './lockout.ts';

it('a few failures are free, then each doubles the wait, up to a quarter of an hour', () => {
  const waits = Array.from({ length: 20 }, (_, n) => lockSeconds(n, lockoutRules.mail));
  expect(waits.slice(0, 9)).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8]);
  expect(waits.at(-1)).toBe(900);
  expect(lockSeconds(1_000_000, lockoutRules.address)).toBe(900);
});
