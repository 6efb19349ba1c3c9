import { expect, it } from 'vitest';
import { createMutex } from './mutex.ts';

it('[S6] what changes budgets goes one after the other, whatever becomes of each', async () => {
  const mutex = createMutex();
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
  const results = await Promise.allSettled([mutex(work('a')), mutex(work('b', true)), mutex(work('c'))]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a', 'b', 'c']);
});
