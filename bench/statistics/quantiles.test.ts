import fc from 'fast-check';
import { expect, it } from 'vitest';
import { median, quantile, spread } from './quantiles.ts';

it('gives the nearest rank, whatever the order', () => {
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 4, 2, 3], 1)).toBe(5);
  expect(quantile([5, 1, 4, 2, 3], 0)).toBe(1);
  expect(median([10, 20])).toBe(10);
});

it('has the 99th percentile of a hundred values at the ninety-ninth', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(spread(values)).toEqual({ count: 100, median: 50, p99: 99, max: 100 });
});

it('is not a number when nothing was measured', () => {
  expect(spread([])).toEqual({ count: 0, median: Number.NaN, p99: Number.NaN, max: Number.NaN });
});

it('gives a measured value with at least that share at or below it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const found = quantile(values, q);
        expect(values).toContain(found);
        expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(Math.ceil(q * values.length));
      },
    ),
  );
});
