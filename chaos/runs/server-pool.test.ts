import { expect, it } from 'vitest';
import { someAtOnce } from './server-pool.ts';

it('does some at once and no more, and gives the results in order', async () => {
  let underWay = 0;
  let most = 0;
  const results = await someAtOnce([30, 10, 20, 5, 1], 2, async (ms) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, ms));
    underWay--;
    return ms * 2;
  });
  expect(results).toEqual([60, 20, 40, 10, 2]);
  expect(most).toBe(2);
});
