import { getEventListeners } from 'node:events';
import { expect, it, vi } from 'vitest';
import { within } from './within.ts';

const never = new Promise<never>(() => {});

it('gives what the work resolves to in time', async () => {
  expect(await within(1_000, Promise.resolve('done'))).toBe('done');
});

it('gives nothing when the work is late', async () => {
  expect(await within(1, never)).toBeUndefined();
});

it('rejects as the work does in time, and drops what it rejects with later', async () => {
  await expect(within(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const late = new Promise((_, reject) => setTimeout(reject, 5, new Error('late')));
  expect(await within(1, late)).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

it('gives nothing as soon as its signal is aborted, and leaves no listener behind', async () => {
  const stop = new AbortController();
  const waiting = within(10_000, never, stop.signal);
  stop.abort();
  expect(await waiting).toBeUndefined();
  expect(await within(10_000, never, stop.signal)).toBeUndefined();
  const { signal } = new AbortController();
  await within(1_000, Promise.resolve(), signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
