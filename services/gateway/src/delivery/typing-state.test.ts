import { type Entry, TYPING_TIMEOUT_MS, type Typing } from '@baton/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTypingState } from './typing-state.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sign = (sender: Typing['sender'], active: boolean): Typing => ({ sessionId: 's', sender, active });
// Only the sender of an entry matters here.
const entryOf = (sender: Entry['sender']) => ({ sender }) as Entry;
const listen = () => {
  const told: string[] = [];
  return { told, signs: createTypingState(({ sender, active }) => told.push(`${sender} ${active ? 'on' : 'off'}`)) };
};

it('[M6] ends a sign that is not renewed', () => {
  const { told, signs } = listen();
  signs.received(sign('user', true));
  vi.advanceTimersByTime(TYPING_TIMEOUT_MS - 1);
  signs.received(sign('user', true));
  vi.advanceTimersByTime(TYPING_TIMEOUT_MS - 1);
  expect(told).toEqual(['user on', 'user on']);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['user on', 'user on', 'user off']);
});

it('[M6] ends it with the message, once, and of its sender only', () => {
  const { told, signs } = listen();
  signs.received(sign('agent', true));
  signs.beforeEntry(entryOf('user'));
  signs.beforeEntry(entryOf('system'));
  expect(told).toEqual(['agent on']);
  signs.beforeEntry(entryOf('agent'));
  signs.received(sign('agent', false));
  vi.runAllTimers();
  expect(told).toEqual(['agent on', 'agent off']);
});

it('says nothing after it was stopped', () => {
  const { told, signs } = listen();
  signs.received(sign('user', true));
  signs.stop();
  vi.runAllTimers();
  expect(told).toEqual(['user on']);
});
