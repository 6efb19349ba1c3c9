import { subjects } from '@baton/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createChangedHint } from './changed-notification.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function hints() {
  const announced: string[] = [];
  const announcer = { event: () => {}, live: (subject: string) => void announced.push(subject) };
  return { announced, hint: createChangedHint(announcer, subjects('chat')) };
}

it('announces a change at once, and many as few', () => {
  const { announced, hint } = hints();
  hint.mark();
  expect(announced).toEqual(['chat.queue.changed']);
  for (let count = 0; count < 100; count++) {
    hint.mark();
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1_000);
  expect(announced.length).toBe(5);
});

it('announces the last change, also when it stops', () => {
  const { announced, hint } = hints();
  hint.mark();
  hint.mark();
  hint.stop();
  expect(announced.length).toBe(2);
  vi.advanceTimersByTime(1_000);
  expect(announced.length).toBe(2);
});
