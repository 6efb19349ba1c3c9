import fc from 'fast-check';
import { expect, it } from 'vitest';
import { highestRate, remembered } from './highest-rate.ts';

it('finds the highest rate, from below and from above', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 20, max: 50_000 }), fc.integer({ min: 50, max: 5_000 }), async (limit, from) => {
      const found = await highestRate({ from, precision: 0.05, attempt: async (rate) => rate <= limit });
      expect(found).toBeLessThanOrEqual(limit);
      expect(found).toBeGreaterThan(limit / 1.06);
    }),
  );
});

it('does not take one hiccup for the limit', async () => {
  let hiccups = 1;
  const attempt = async (rate: number) => (rate > 300 && hiccups-- > 0 ? false : rate <= 1_000);
  expect(await highestRate({ from: 100, precision: 0.1, attempt })).toBeGreaterThan(900);
});

it('offers nothing again that a search before it has offered', async () => {
  const offered: number[] = [];
  const attempts = remembered(async (rate) => {
    offered.push(rate);
    return rate;
  });
  const search = (limit: number) =>
    highestRate({ from: 100, precision: 0.1, attempt: attempts((run) => run <= limit) });
  expect(await search(900)).toBeGreaterThan(810);
  const first = offered.length;
  expect(await search(900)).toBeGreaterThan(810);
  expect(offered).toHaveLength(first);
  expect(await search(2_000)).toBeGreaterThan(1_800);
  // Once when it was sustained, twice when it was not.
  expect(new Set(offered).size * 2).toBeGreaterThanOrEqual(offered.length);
});
