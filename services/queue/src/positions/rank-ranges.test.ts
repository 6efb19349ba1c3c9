import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priorities } from '../queue/order.ts';
import { rangesFromBack } from './rank-ranges.ts';

it('splits the queue from its back to its front', () => {
  expect(rangesFromBack({ high: 3, normal: 0, low: 5 }, 2)).toEqual([
    { priority: 'low', from: 3, to: 4 },
    { priority: 'low', from: 1, to: 2 },
    { priority: 'low', from: 0, to: 0 },
    { priority: 'high', from: 1, to: 2 },
    { priority: 'high', from: 0, to: 0 },
  ]);
});

it('visits every rank exactly once', () => {
  fc.assert(
    fc.property(
      fc.record({ high: fc.nat(500), normal: fc.nat(500), low: fc.nat(500) }),
      fc.integer({ min: 1, max: 300 }),
      (lengths, size) => {
        const visited = rangesFromBack(lengths, size).flatMap(({ priority, from, to }) =>
          Array.from({ length: to - from + 1 }, (_, index) => `${priority}:${from + index}`),
        );
        const all = priorities.flatMap((priority) =>
          Array.from({ length: lengths[priority] }, (_, rank) => `${priority}:${rank}`),
        );
        expect(visited.length).toBe(all.length);
        expect(new Set(visited)).toEqual(new Set(all));
      },
    ),
  );
});
