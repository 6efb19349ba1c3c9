import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBuckets } from './token-bucket.ts';

it('[S3] allows a burst, then the rate', () => {
  const buckets = createBuckets({ perSecond: 2, burst: 3 });
  const taken = [0, 0, 0, 0, 400, 500, 500, 1_000].map((now) => buckets.take('a', now));
  expect(taken).toEqual([true, true, true, false, false, true, false, true]);
});

it('[S3] one who has used up his share takes nothing from another', () => {
  const buckets = createBuckets({ perSecond: 1, burst: 1 });
  expect([buckets.take('a', 0), buckets.take('a', 0), buckets.take('b', 0)]).toEqual([true, false, true]);
});

it('never allows more than burst + rate × time, however the takes are spread', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 50 }),
      (pauses, burst, perSecond) => {
        const buckets = createBuckets({ perSecond, burst });
        let now = 0;
        let allowed = 0;
        for (const pause of pauses) {
          now += pause;
          if (buckets.take('a', now)) allowed++;
          expect(allowed).toBeLessThanOrEqual(burst + (now / 1_000) * perSecond + 1e-6);
        }
      },
    ),
  );
});

it('forgets those who have been quiet', () => {
  const buckets = createBuckets({ perSecond: 1, burst: 5 });
  for (let n = 0; n < 1_000; n++) buckets.take(`one-off ${n}`, 0);
  buckets.take('later', 20_000);
  expect(buckets.size).toBe(1);
});

it('does not refuse when the clock steps back', () => {
  const buckets = createBuckets({ perSecond: 1, burst: 2 });
  expect([buckets.take('a', 10_000), buckets.take('a', 5_000)]).toEqual([true, true]);
});

it('[S6] remembers no more keys than it is told, however many there are', () => {
  const buckets = createBuckets({ perSecond: 1, burst: 1 }, 100);
  for (let n = 0; n < 10_000; n++) buckets.take(`${n}`, 0);
  expect(buckets.size).toBe(100);
  expect(buckets.take('9999', 0)).toBe(false);
  expect(buckets.take('0', 0)).toBe(true);
});

it('counts amounts, and takes nothing for what it refuses', () => {
  const buckets = createBuckets({ perSecond: 0, burst: 10 });
  expect([buckets.take('a', 0, 8), buckets.take('a', 0, 3), buckets.take('a', 0, 2)]).toEqual([true, false, true]);
});
