import { expect, it } from 'vitest';
import { alternate, medianOf } from './rounds.ts';

it('alternates, turns round every other time, and leaves the warm-up out', async () => {
  const order: string[] = [];
  const told = (name: string) => async () => order.push(name);
  const results = await alternate({ warmUp: 1, counted: 2 }, { a: told('a'), b: told('b') });
  expect(order).toEqual(['b', 'a', 'a', 'b', 'b', 'a']);
  expect(results).toEqual({ a: [3, 6], b: [4, 5] });
});

it('takes the median over the rounds', () => {
  expect(medianOf([{ rate: 900 }, { rate: 100 }, { rate: 500 }], ({ rate }) => rate)).toBe(500);
});
