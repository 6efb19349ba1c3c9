import { createLog } from '@baton/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });

it('runs at once when quiet, then at most every so often, and never loses the last request', async () => {
  const runs: number[] = [];
  const { ask } = coalesce(300, log, async () => void runs.push(performance.now()));
  const start = performance.now();
  for (let at = 0; at < 1_000; at += 10) {
    ask();
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.runAllTimersAsync();
  const times = runs.map((at) => at - start);
  expect(times[0]).toBe(0);
  expect(times.length).toBeLessThanOrEqual(5);
  for (const [index, at] of times.entries())
    if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(300);
  expect(times.at(-1)).toBeGreaterThanOrEqual(990);
});

it('does not overlap its runs, and runs again when asked meanwhile', async () => {
  let underWay = 0;
  let runs = 0;
  const { ask } = coalesce(100, log, async () => {
    expect(++underWay).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    underWay--;
    runs++;
  });
  ask();
  await vi.advanceTimersByTimeAsync(500);
  ask();
  ask();
  await vi.runAllTimersAsync();
  expect(runs).toBe(2);
});

it('goes on after a run that failed', async () => {
  let runs = 0;
  const { ask } = coalesce(100, log, async () => {
    if (++runs === 1) throw new Error('once');
  });
  ask();
  await vi.runAllTimersAsync();
  ask();
  await vi.runAllTimersAsync();
  expect(runs).toBe(2);
});

it('runs no more when stopped', async () => {
  let runs = 0;
  const coalesced = coalesce(100, log, async () => void runs++);
  coalesced.ask();
  coalesced.ask();
  await coalesced.stop();
  await vi.runAllTimersAsync();
  coalesced.ask();
  expect(runs).toBe(1);
});
