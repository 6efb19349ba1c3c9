import { readConfig } from '@baton/runtime';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { queueConfig } from '../config.ts';
import { compareOrder, inOrder, priorities, stepOf, type Waiter } from './order.ts';

const waiter = (sessionId: string, priority: Waiter['priority'], start: number): Waiter => ({
  sessionId,
  priority,
  start,
});
const waiters = fc.array(
  fc.record({
    sessionId: fc.uuid(),
    priority: fc.constantFrom(...priorities),
    start: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  }),
);
const sorted = (all: Waiter[], step: number) => all.toSorted((a, b) => compareOrder(a, b, step));

it('[Q1] without ageing priorities are strict, however long a session has waited', () => {
  fc.assert(
    fc.property(waiters, (all) => {
      const order = sorted(all, stepOf(0));
      for (const [index, one] of order.slice(1).entries()) {
        const before = order[index];
        if (!before) throw new Error('no one before');
        const [rankBefore, rank] = [priorities.indexOf(before.priority), priorities.indexOf(one.priority)];
        expect(rankBefore).toBeLessThanOrEqual(rank);
        if (rankBefore === rank) expect(before.start).toBeLessThanOrEqual(one.start);
      }
    }),
  );
});

it('[Q1] with ageing, waiting longer than the step outweighs one priority', () => {
  const step = stepOf(60);
  const high = waiter('a', 'high', 100_000);
  expect(compareOrder(waiter('b', 'normal', 40_001), high, step)).toBeGreaterThan(0);
  expect(compareOrder(waiter('b', 'normal', 39_999), high, step)).toBeLessThan(0);
  expect(compareOrder(waiter('b', 'low', -20_001), high, step)).toBeLessThan(0);
  // Ties go to the higher priority.
  expect(compareOrder(waiter('b', 'normal', 40_000), high, step)).toBeGreaterThan(0);
});

it('[Q1] [S6] by default nobody starves: ten minutes longer in the next lower priority goes first', () => {
  const { QUEUE_AGEING_SECONDS } = readConfig(queueConfig, {});
  const step = stepOf(QUEUE_AGEING_SECONDS);
  const waiting = waiter('waiting', 'normal', 1_000_000);
  // However many high sessions join, those that start later than this stay behind.
  expect(compareOrder(waiting, waiter('jumper', 'high', 1_600_001), step)).toBeLessThan(0);
  expect(compareOrder(waiting, waiter('urgent', 'high', 1_599_999), step)).toBeGreaterThan(0);
});

it('[Q1] [S6] an away session sorts behind the present ones of its priority, moves none of them, and has its position again', () => {
  const some = fc.array(
    fc.record({
      sessionId: fc.uuid(),
      priority: fc.constantFrom(...priorities),
      start: fc.integer({ min: 0, max: 100_000 }),
      away: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(some, fc.constantFrom(0, 10, 600), (all, ageing) => {
      const step = stepOf(ageing);
      const order = inOrder(all, step);
      for (const each of priorities) {
        const away = order.filter(({ priority }) => priority === each).map((one) => one.away);
        expect(away).toEqual(away.toSorted((a, b) => Number(a) - Number(b)));
      }
      const present = (one: Waiter) => !one.away;
      expect(order.filter(present)).toEqual(sorted(all, step).filter(present));
      const back = all.map((one) => ({ ...one, away: false }));
      expect(inOrder(back, step)).toEqual(sorted(back, step));
    }),
  );
});

it('is a total order: any two sessions have one', () => {
  fc.assert(
    fc.property(waiters, fc.integer({ min: 0, max: 86_400 }), (all, ageing) => {
      const step = stepOf(ageing);
      expect(sorted(all.toReversed(), step).map(({ sessionId }) => sessionId)).toEqual(
        sorted(all, step).map(({ sessionId }) => sessionId),
      );
    }),
  );
});
