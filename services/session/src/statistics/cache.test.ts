import { expect, it } from 'vitest';
import { cached } from './cache.ts';

function clocked(costMs: number) {
  let now = 0;
  let computed = 0;
  const ask = cached(
    async () => {
      await Promise.resolve();
      now += costMs;
      return ++computed;
    },
    () => now,
  );
  return { ask, pass: (ms: number) => (now += ms) };
}

it('computes each time while that is cheap', async () => {
  const { ask } = clocked(50);
  expect([await ask(), await ask(), await ask()]).toEqual([1, 2, 3]);
});

it('keeps an expensive value for five times the excess', async () => {
  const { ask, pass } = clocked(250);
  expect([await ask(), await ask()]).toEqual([1, 1]);
  pass(999);
  expect(await ask()).toBe(1);
  pass(1);
  expect(await ask()).toBe(2);
});

it('computes once for concurrent callers, and does not keep a failure', async () => {
  let calls = 0;
  const ask = cached(async () => {
    if (++calls === 1) throw new Error('x');
    return calls;
  });
  const both = await Promise.allSettled([ask(), ask()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(calls).toBe(1);
  expect(await ask()).toBe(2);
});
