import { expect, it } from 'vitest';
import { createMutex } from './mutex.ts';

it('[S6] runs tasks one at a time and in order, also after a failure', async () => {
  const mutex = createMutex();
  const seen: string[] = [];
  let running = 0;
  const work =
    (name: string, fails = false) =>
    async () => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(name);
      running--;
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([mutex(work('a')), mutex(work('b', true)), mutex(work('c'))]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a', 'b', 'c']);
});
