import { expect, it } from 'vitest';
import { forEachAtOnce } from './for-each.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('works on every item, so many at once and never more', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await forEachAtOnce(
    Array.from({ length: 20 }, (_, n) => n),
    3,
    async (n) => {
      running++;
      most = Math.max(most, running);
      await pause(n % 3);
      running--;
      done.push(n);
    },
  );
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(most).toBe(3);
});

it('has nothing to do without items', async () => {
  await forEachAtOnce([], 3, () => Promise.reject(new Error('never')));
});

it('begins no further item once one has failed', async () => {
  const begun: number[] = [];
  const all = forEachAtOnce([1, 2, 3, 4, 5, 6], 2, async (n) => {
    begun.push(n);
    await pause(1);
    if (n === 1) throw new Error('no');
    await pause(5);
  });
  await expect(all).rejects.toThrow('no');
  await pause(20);
  expect(begun).toEqual([1, 2]);
});
