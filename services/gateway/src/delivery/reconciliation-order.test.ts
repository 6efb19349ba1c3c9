import { expect, it } from 'vitest';
import { chooseDue } from './reconciliation-order.ts';

const feed = (name: string, comparedAt: number, lastActiveAt: number) => ({ name, comparedAt, lastActiveAt });
const NOW = 1_000_000;

it('[M5] compares all while they are few', () => {
  const all = [feed('a', NOW, 0), feed('b', NOW, 0)];
  expect(chooseDue(all, NOW, 2)).toEqual(all);
});

it('takes the active sooner, and lets nobody starve', () => {
  const active = feed('active', NOW - 4_000, NOW - 1_000);
  const idle = feed('idle', NOW - 30_000, NOW - 600_000);
  const starved = feed('starved', NOW - 90_000, NOW - 600_000);
  expect(chooseDue([idle, active, starved], NOW, 2).map(({ name }) => name)).toEqual(['starved', 'active']);
});

it('gives every session a turn when there are more than one round takes', () => {
  const all = Array.from({ length: 100 }, (_, n) => feed(`${n}`, 0, n % 2 === 0 ? NOW : 0));
  const seen = new Set<string>();
  for (let round = 1; round <= 40; round++) {
    const now = NOW + round * 4_000;
    for (const one of all) if (one.lastActiveAt > 0) one.lastActiveAt = now;
    for (const one of chooseDue(all, now, 10)) {
      one.comparedAt = now;
      seen.add(one.name);
    }
  }
  expect(seen.size).toBe(100);
});
