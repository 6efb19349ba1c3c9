import type { Draft, Entry, Typing } from '@baton/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDraft, createTypingState, DRAFT_TIMEOUT_MS, TYPING_TIMEOUT_MS } from './ephemeral.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the draft', () => {
  const draft = (text: string, more: Partial<Draft> = {}): Draft => ({
    sessionId: 's',
    turnId: 'turn',
    inReplyTo: 4,
    epoch: 1,
    text,
    ended: false,
    ...more,
  });
  // Only these parts of an entry matter here.
  const answerTo = (inReplyTo: number) => ({ kind: 'message', sender: 'bot', inReplyTo }) as Entry;
  const changeTo = (epoch: number) => ({ kind: 'event', sender: 'system', change: { epoch } }) as Entry;
  const listen = () => {
    const told: string[] = [];
    return { told, answer: createDraft(({ text, ended }) => told.push(ended ? `${text} (ended)` : text)) };
  };

  it('[M6] shows drafts as they come, and none of a turn that was answered', () => {
    const { told, answer } = listen();
    answer.received(draft('a'));
    answer.received(draft('a b'));
    answer.beforeEntry(answerTo(4));
    answer.received(draft('a'));
    vi.runAllTimers();
    expect(told).toEqual(['a', 'a b']);
    answer.received(draft('next', { turnId: 'another', inReplyTo: 6 }));
    expect(told.at(-1)).toBe('next');
  });

  it('[M6] ends a draft that stops growing, and does not take it up again', () => {
    const { told, answer } = listen();
    answer.received(draft('a'));
    vi.advanceTimersByTime(DRAFT_TIMEOUT_MS);
    answer.received(draft('a b'));
    expect(told).toEqual(['a', 'a (ended)']);
  });

  it('[M6] [C2] ends a draft when control changes, and shows none of an older epoch', () => {
    const { told, answer } = listen();
    answer.received(draft('a'));
    answer.beforeEntry(changeTo(2));
    answer.received(draft('late', { turnId: 'other' }));
    expect(told).toEqual(['a', 'a (ended)']);
    answer.received(draft('new', { turnId: 'third', epoch: 3 }));
    expect(told.at(-1)).toBe('new');
  });

  it('[M6] a draft that has overtaken its change of control stays, and one that is shorter or not its turn changes nothing', () => {
    const { told, answer } = listen();
    answer.received(draft('a b', { epoch: 2 }));
    answer.beforeEntry(changeTo(2));
    answer.received(draft('a', { epoch: 2 }));
    answer.received(draft('older', { epoch: 2, turnId: 'other', inReplyTo: 3 }));
    expect(told).toEqual(['a b']);
    answer.received(draft('a b c', { epoch: 2 }));
    expect(told).toEqual(['a b', 'a b c']);
  });

  it('passes on that a draft was given up', () => {
    const { told, answer } = listen();
    answer.received(draft('a'));
    answer.received(draft('a', { ended: true }));
    vi.runAllTimers();
    expect(told).toEqual(['a', 'a (ended)']);
  });
});

describe('typing', () => {
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
});
