import { expect, it } from 'vitest';
import { countsFrom, openLoop } from './open-loop.ts';

it('counts from the sending when the timer was a little late, and from when it was due when held up', () => {
  expect(countsFrom(100, 101)).toBe(101);
  expect(countsFrom(100, 140)).toBe(100);
});

it('sends what is due although it was held up, and counts the delay', async () => {
  const starts: number[] = [];
  const begin = performance.now();
  await openLoop({ perSecond: 200, seconds: 0.2 }, (start, index) => {
    starts.push(start - begin);
    if (index === 10) for (const end = performance.now() + 60; performance.now() < end; );
  });
  expect(starts).toHaveLength(40);
  // The one due while the loop was blocked counts from about its own time, not from the end of the blocking.
  expect(starts[12]).toBeLessThan(75);
});
