import { expect, it } from 'vitest';
import { countFitting } from './count-fitting.ts';

it('counts bytes of UTF-8', () => {
  const items = Array.from({ length: 10 }, () => 'ü'.repeat(49));
  expect(countFitting(items, 1_000)).toBe(10);
  expect(countFitting(items, 999)).toBe(9);
  expect(countFitting(items, 150)).toBe(1);
});

it('has at least one item, so that paging advances', () => {
  expect(countFitting(['x'.repeat(100)], 10)).toBe(1);
  expect(countFitting([], 10)).toBe(0);
});
