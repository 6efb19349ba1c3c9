import { expect, it } from 'vitest';
import { faultKinds } from './fault-kinds.ts';
import { random } from './random.ts';
import { plan } from './schedule.ts';

const planned = (seed: number, forMs = 1_200_000) =>
  plan({ random: random(seed, 'plan'), forMs, atOnce: 2, everyMs: 2_500 });

it('plans the same for the same seed, and something else for another', () => {
  expect(planned(7)).toEqual(planned(7));
  expect(planned(7)).not.toEqual(planned(8));
});

it('plans more than 300 faults of at least 20 kinds, on every target, in 20 minutes', () => {
  const faults = planned(1);
  expect(faults.length).toBeGreaterThan(300);
  expect(new Set(faults.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(20);
  for (const [kind, { targets }] of Object.entries(faultKinds))
    for (const target of targets) expect(faults.some((one) => one.kind === kind && one.target === target)).toBe(true);
});

it('never does two faults at once to one part, and none that outlasts the run', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const faults = planned(seed, 120_000);
    for (const [index, one] of faults.entries()) {
      expect(one.at + one.holdMs).toBeLessThanOrEqual(120_000);
      const parts = faultKinds[one.kind]?.parts(one.target) ?? [];
      for (const other of faults.slice(index + 1).filter(({ at }) => at < one.at + one.holdMs))
        expect(faultKinds[other.kind]?.parts(other.target).some((part) => parts.includes(part))).toBe(false);
    }
  }
});

it('does what is to be seldom once in a long run, and not in a short one', () => {
  const seldom = Object.entries(faultKinds).filter(([, fault]) => fault.seldom);
  expect(seldom.length).toBeGreaterThan(0);
  for (const [kind, { targets }] of seldom) {
    for (const target of targets)
      expect(planned(3).filter((one) => one.kind === kind && one.target === target)).toHaveLength(1);
    expect(planned(3, 60_000).some((one) => one.kind === kind)).toBe(false);
  }
});
