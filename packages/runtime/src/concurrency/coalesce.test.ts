import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('runs the first request at once, and one more for all that follow within the time', () => {
  const run = vi.fn();
  const coalesced = coalesce({ everyMs: 100, run });
  for (let n = 0; n < 10; n++) coalesced.ask();
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(99);
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  expect(run).toHaveBeenCalledTimes(2);
  coalesced.ask();
  expect(run).toHaveBeenCalledTimes(3);
});

it('does not let runs overlap, and runs once more what was asked for during one', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const coalesced = coalesce({
    everyMs: 10,
    run: async () => {
      runs++;
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 50));
      running--;
    },
  });
  coalesced.ask();
  await vi.advanceTimersByTimeAsync(20);
  coalesced.ask();
  coalesced.ask();
  await vi.advanceTimersByTimeAsync(200);
  expect([runs, most]).toEqual([2, 1]);
});

it('runs at once what is still to be run when it is flushed, and nothing otherwise', () => {
  const run = vi.fn();
  const coalesced = coalesce({ everyMs: 100, run });
  coalesced.ask();
  coalesced.flush();
  expect(run).toHaveBeenCalledTimes(1);
  coalesced.ask();
  coalesced.flush();
  expect(run).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  expect(run).toHaveBeenCalledTimes(2);
});

it('goes on after a run that fails', async () => {
  const failed = vi.fn();
  const run = vi.fn<() => void | Promise<void>>();
  run.mockImplementationOnce(() => {
    throw new Error('at once');
  });
  run.mockImplementationOnce(() => Promise.reject(new Error('later')));
  const coalesced = coalesce({ everyMs: 10, run, onError: failed });
  for (let n = 0; n < 3; n++) {
    coalesced.ask();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(run).toHaveBeenCalledTimes(3);
  expect(failed.mock.calls.map(([error]) => String(error))).toEqual(['Error: at once', 'Error: later']);
});

it('hides no fault of a run that nobody expects to fail', () => {
  const run = () => {
    throw new Error('unexpected');
  };
  expect(() => coalesce({ everyMs: 10, run }).ask()).toThrow('unexpected');
});

it('stops after the run in progress', async () => {
  let ended = false;
  const run = vi.fn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    ended = true;
  });
  const coalesced = coalesce({ everyMs: 10, run });
  coalesced.ask();
  coalesced.ask();
  const stopped = coalesced.stop().then(() => expect(ended).toBe(true));
  await vi.advanceTimersByTimeAsync(100);
  await stopped;
  coalesced.ask();
  await vi.advanceTimersByTimeAsync(100);
  expect(run).toHaveBeenCalledTimes(1);
});
