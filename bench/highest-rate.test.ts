import fc from 'fast-check';
import { expect, it } from 'vitest';
import { highestRate } from './highest-rate.ts';

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
