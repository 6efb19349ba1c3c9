import { expect, it } from 'vitest';
import { alternate, inRounds, medianOf } from './rounds.ts';

it('alternates, turns round every other time, and leaves the warm-up out', async () => {
  const order: string[] = [];
  const told = (name: string) => async () => order.push(name);
  const results = await alternate({ warmUp: 1, counted: 2 }, { a: told('a'), b: told('b') });
  expect(order).toEqual(['b', 'a', 'a', 'b', 'b', 'a']);
  expect(results).toEqual({ a: [3, 6], b: [4, 5] });
});

it('measures every case in every round, each run under a name of its own', async () => {
  const said: string[] = [];
  const options = { name: 'scale', say: (line: string) => void said.push(line) };
  const measure = async (one: string, name: string) => `${one} in ${name}`;
  expect(await inRounds(['one', 'two'], measure, { ...options, quick: true })).toEqual({
    one: ['one in scale_1'],
    two: ['two in scale_2'],
  });
  expect(said).toEqual(['one, run 1', 'two, run 2']);
  const { one } = await inRounds(['one', 'two'], measure, { ...options, quick: false });
  expect(one).toEqual(['one in scale_1', 'one in scale_4', 'one in scale_5']);
});

it('takes the median over the rounds', () => {
  expect(medianOf([{ rate: 900 }, { rate: 100 }, { rate: 500 }], ({ rate }) => rate)).toBe(500);
});
