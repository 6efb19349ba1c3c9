import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLog, startLoop } from '../index.ts';

const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('runs again and again, also after a failure', async () => {
  const run = vi.fn(() => Promise.reject(new Error('broken')));
  const loop = startLoop({ name: 'test', everyMs: 1_000, log, run, atOnce: true });
  await vi.advanceTimersByTimeAsync(5_600);
  expect(run.mock.calls.length).toBeGreaterThanOrEqual(5);
  await loop.stop();
});

it('never runs twice at once; a kick while running runs it once more', async () => {
  let running = 0;
  let most = 0;
  const run = vi.fn(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 100));
    running--;
  });
  const loop = startLoop({ name: 'test', everyMs: 60_000, log, run, atOnce: true });
  await vi.advanceTimersByTimeAsync(10);
  loop.kick();
  loop.kick();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(run).toHaveBeenCalledTimes(2);
  expect(most).toBe(1);
  await loop.stop();
});

it('has ended when stop resolves, and does not start again', async () => {
  let ended = false;
  const loop = startLoop({
    name: 'test',
    everyMs: 10,
    log,
    atOnce: true,
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ended = true;
    },
  });
  await vi.advanceTimersByTimeAsync(5);
  const stopped = loop.stop();
  await vi.advanceTimersByTimeAsync(100);
  await stopped;
  expect(ended).toBe(true);
  loop.kick();
  expect(vi.getTimerCount()).toBe(0);
});
