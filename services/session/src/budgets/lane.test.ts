import { expect, it } from 'vitest';
import { createLane } from './lane.ts';

it('[S6] what changes budgets goes one after the other, whatever becomes of each', async () => {
  const lane = createLane();
  const seen: string[] = [];
  let under = 0;
  const work =
    (name: string, fails = false) =>
    async () => {
      expect(++under).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(name);
      under--;
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([lane(work('a')), lane(work('b', true)), lane(work('c'))]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a', 'b', 'c']);
});
