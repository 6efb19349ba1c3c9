import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { drain, type Leaver } from './drain.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function leaver(workMs: number) {
  const done: string[] = [];
  let closedAt = 0;
  const one: Leaver = {
    tell: (withinMs) => done.push(`told ${withinMs}`),
    beginLeaving: () => done.push('leaving'),
    settled: () => new Promise((resolve) => setTimeout(resolve, workMs)),
    close: () => {
      closedAt = performance.now();
      done.push('closed');
    },
  };
  return { ...one, done, closedAt: () => closedAt };
}

it('[O1] tells all, then closes each when what it asked for is answered, spread over the time', async () => {
  const start = performance.now();
  const leavers = Array.from({ length: 200 }, () => leaver(50));
  const draining = drain(leavers, 3_000);
  expect(leavers.every(({ done }) => done[0] === 'told 3000')).toBe(true);
  await vi.runAllTimersAsync();
  await draining;
  for (const { done } of leavers) expect(done).toEqual(['told 3000', 'leaving', 'closed']);
  const times = leavers.map(({ closedAt }) => closedAt() - start);
  expect(Math.max(...times)).toBeLessThanOrEqual(3_050);
  const perTenth = Array.from({ length: 10 }, (_, n) => times.filter((at) => Math.floor((at - 50) / 300) === n).length);
  expect(Math.max(...perTenth)).toBeLessThan(60);
});

it('does not wait for ever for work that does not end', async () => {
  const stuck = { ...leaver(0), settled: () => new Promise<void>(() => {}) };
  const draining = drain([stuck], 0);
  await vi.advanceTimersByTimeAsync(12_001);
  await draining;
  expect(stuck.done.at(-1)).toBe('closed');
});
