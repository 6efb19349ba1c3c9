import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type DrainingClient, drain } from './drain.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function client(workMs: number) {
  const done: string[] = [];
  let closedAt = 0;
  const one: DrainingClient = {
    tell: (withinMs) => done.push(`told ${withinMs}`),
    beginDraining: () => done.push('draining'),
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
  const clients = Array.from({ length: 200 }, () => client(50));
  const drained = drain(clients, 3_000);
  expect(clients.every(({ done }) => done[0] === 'told 3000')).toBe(true);
  await vi.runAllTimersAsync();
  await drained;
  for (const { done } of clients) expect(done).toEqual(['told 3000', 'draining', 'closed']);
  const times = clients.map(({ closedAt }) => closedAt() - start);
  expect(Math.max(...times)).toBeLessThanOrEqual(3_050);
  const perTenth = Array.from({ length: 10 }, (_, n) => times.filter((at) => Math.floor((at - 50) / 300) === n).length);
  expect(Math.max(...perTenth)).toBeLessThan(60);
});

it('does not wait for ever for work that does not end', async () => {
  const stuck = { ...client(0), settled: () => new Promise<void>(() => {}) };
  const drained = drain([stuck], 0);
  await vi.advanceTimersByTimeAsync(12_001);
  await drained;
  expect(stuck.done.at(-1)).toBe('closed');
});
