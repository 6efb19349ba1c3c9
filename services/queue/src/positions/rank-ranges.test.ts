import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slicesFromBack } from './rank-ranges.ts';

it('cuts from the back of the line to its front', () => {
  expect(slicesFromBack([3, 0, 5], 2)).toEqual([
    { level: 2, from: 3, to: 4 },
    { level: 2, from: 1, to: 2 },
    { level: 2, from: 0, to: 0 },
    { level: 0, from: 1, to: 2 },
    { level: 0, from: 0, to: 0 },
  ]);
});

it('visits every rank exactly once', () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(500), fc.nat(500), fc.nat(500)), fc.integer({ min: 1, max: 300 }), (lengths, size) => {
      const visited = slicesFromBack(lengths, size).flatMap(({ level, from, to }) =>
        Array.from({ length: to - from + 1 }, (_, index) => `${level}:${from + index}`),
      );
      const all = lengths.flatMap((length, level) => Array.from({ length }, (_, rank) => `${level}:${rank}`));
      expect(visited.length).toBe(all.length);
      expect(new Set(visited)).toEqual(new Set(all));
    }),
  );
});
