import { channels } from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createChangedNotification } from './changed-notification.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function notifications() {
  const published: unknown[] = [];
  const publish: Bus['publish'] = (channel) => void published.push(channel);
  return { published, changed: createChangedNotification({ publish }) };
}

it('publishes a change at once, and many as few', () => {
  const { published, changed } = notifications();
  changed.mark();
  expect(published).toEqual([channels.queue.changed]);
  for (let count = 0; count < 100; count++) {
    changed.mark();
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1_000);
  expect(published.length).toBe(5);
});

it('publishes the last change, also when it stops', () => {
  const { published, changed } = notifications();
  changed.mark();
  changed.mark();
  void changed.stop();
  expect(published.length).toBe(2);
  vi.advanceTimersByTime(1_000);
  expect(published.length).toBe(2);
});
