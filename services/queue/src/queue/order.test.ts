import { readConfig } from '@baton/runtime';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { queueConfig } from '../config.ts';
import { compareOrder, inOrder, levels, type Place, stepOf } from './order.ts';

const place = (sessionId: string, priority: Place['priority'], start: number): Place => ({
  sessionId,
  priority,
  start,
});
const places = fc.array(
  fc.record({
    sessionId: fc.uuid(),
    priority: fc.constantFrom(...levels),
    start: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  }),
);
const sorted = (all: Place[], step: number) => all.toSorted((a, b) => compareOrder(a, b, step));

it('[Q1] without ageing priorities are strict, however long somebody has waited', () => {
  fc.assert(
    fc.property(places, (all) => {
      const order = sorted(all, stepOf(0));
      for (const [index, one] of order.slice(1).entries()) {
        const before = order[index];
        if (!before) throw new Error('no one before');
        const [levelBefore, level] = [levels.indexOf(before.priority), levels.indexOf(one.priority)];
        expect(levelBefore).toBeLessThanOrEqual(level);
        if (levelBefore === level) expect(before.start).toBeLessThanOrEqual(one.start);
      }
    }),
  );
});

it('[Q1] with ageing, waiting for longer than the step outweighs one level of priority', () => {
  const step = stepOf(60);
  const high = place('a', 'high', 100_000);
  expect(compareOrder(place('b', 'normal', 40_001), high, step)).toBeGreaterThan(0);
  expect(compareOrder(place('b', 'normal', 39_999), high, step)).toBeLessThan(0);
  expect(compareOrder(place('b', 'low', -20_001), high, step)).toBeLessThan(0);
  // At a tie the higher level goes first.
  expect(compareOrder(place('b', 'normal', 40_000), high, step)).toBeGreaterThan(0);
});

it('[Q1] [S6] by default nobody starves: whoever began ten minutes before, in the level below, goes first', () => {
  const { QUEUE_AGEING_SECONDS } = readConfig(queueConfig, {});
  const step = stepOf(QUEUE_AGEING_SECONDS);
  const waiting = place('waiting', 'normal', 1_000_000);
  // However many jump in at high, those who begin later than this stay behind.
  expect(compareOrder(waiting, place('jumper', 'high', 1_600_001), step)).toBeLessThan(0);
  expect(compareOrder(waiting, place('urgent', 'high', 1_599_999), step)).toBeGreaterThan(0);
});

it('[Q1] [S6] who is away stands behind all present of its level, moves nobody who is there, and has its place again', () => {
  const some = fc.array(
    fc.record({
      sessionId: fc.uuid(),
      priority: fc.constantFrom(...levels),
      start: fc.integer({ min: 0, max: 100_000 }),
      away: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(some, fc.constantFrom(0, 10, 600), (all, ageing) => {
      const step = stepOf(ageing);
      const order = inOrder(all, step);
      for (const level of levels) {
        const away = order.filter(({ priority }) => priority === level).map((one) => one.away);
        expect(away).toEqual(away.toSorted((a, b) => Number(a) - Number(b)));
      }
      const present = (one: Place) => !one.away;
      expect(order.filter(present)).toEqual(sorted(all, step).filter(present));
      const back = all.map((one) => ({ ...one, away: false }));
      expect(inOrder(back, step)).toEqual(sorted(back, step));
    }),
  );
});

it('is a total order: any two sessions have one', () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 0, max: 86_400 }), (all, ageing) => {
      const step = stepOf(ageing);
      expect(sorted(all.toReversed(), step).map(({ sessionId }) => sessionId)).toEqual(
        sorted(all, step).map(({ sessionId }) => sessionId),
      );
    }),
  );
});
