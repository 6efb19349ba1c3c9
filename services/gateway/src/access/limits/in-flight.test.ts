import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createInFlight } from './in-flight.ts';

it('[S6] lets so much of an address be under way, and the rest of it wait in order; others wait for none of it', async () => {
  const inFlight = createInFlight(4);
  const begun: number[] = [];
  for (let n = 0; n < 10; n++) {
    const waits = inFlight.begin('a', 1);
    if (waits === undefined) begun.push(n);
    else void waits.then(() => begun.push(n));
  }
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(inFlight.begin('b', 4)).toBeUndefined();
  for (let n = 0; n < 3; n++) inFlight.end('a', 1);
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it('what costs more than there is room for is done by itself', async () => {
  const inFlight = createInFlight(4);
  expect(inFlight.begin('a', 1)).toBeUndefined();
  const large = inFlight.begin('a', 9);
  const behind = inFlight.begin('a', 1);
  inFlight.end('a', 1);
  await large;
  let begun = false;
  void behind?.then(() => {
    begun = true;
  });
  await Promise.resolve();
  expect(begun).toBe(false);
  inFlight.end('a', 9);
  await behind;
});

it('never has more under way than there is room for, loses nothing, and forgets who is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 60 }), async (costs) => {
      const inFlight = createInFlight(4);
      let used = 0;
      let done = 0;
      await Promise.all(
        costs.map(async (cost) => {
          await inFlight.begin('a', cost);
          used += cost;
          expect(used).toBeLessThanOrEqual(4);
          await Promise.resolve();
          used -= cost;
          done++;
          inFlight.end('a', cost);
        }),
      );
      expect(done).toBe(costs.length);
      expect(inFlight.size).toBe(0);
    }),
  );
});
