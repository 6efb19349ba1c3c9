import type { AgentChat, AgentState } from '@baton/client';
import { expect, it } from 'vitest';
import { fakeAgent, fakeChat, fakeSession, fakeWait, script } from '../../stage/fake-agent-client.ts';
import { newsIn, pageTitle, unreadIn } from './notices.ts';

const stateOf = (chats: readonly AgentChat[], more: Partial<AgentState> = {}): AgentState => ({
  connection: 'online',
  phase: 'on',
  agent: fakeAgent('Ada'),
  waiting: { sessions: [], total: 0, timestamp: '2026-03-02T09:00:00Z' },
  chats: new Map(chats.map((chat) => [chat.sessionId, chat])),
  problem: null,
  ...more,
});
const session = fakeSession('Mira Okafor');
const chat = (unread: number, more: Partial<AgentChat> = {}) =>
  fakeChat({ session, items: script(session, 60).user('Where is **it**?').items, unread, ...more });

it('shows what is unread in the title', () => {
  expect(unreadIn(stateOf([chat(2), { ...chat(3), sessionId: 'gone', assignment: 'gone' }]))).toBe(2);
  expect(pageTitle(0)).toBe('Baton · Agents');
  expect(pageTitle(1_200)).toBe('(1,200) Baton · Agents');
});

it('tells of a new message once, as it was typed', () => {
  const [before, after] = [stateOf([chat(0)]), stateOf([chat(1)])];
  expect(newsIn(before, after)).toEqual([
    { subject: session.id, title: 'Mira Okafor', body: 'Where is **it**?', sessionId: session.id },
  ]);
  expect(newsIn(after, after)).toEqual([]);
  expect(newsIn(after, stateOf([chat(0)]))).toEqual([]);
});

it('tells of a chat that was assigned, but not of those that were there at the return', () => {
  expect(newsIn(stateOf([]), stateOf([chat(0)]))).toMatchObject([{ title: expect.stringContaining('Mira Okafor') }]);
  expect(newsIn(stateOf([], { phase: 'joining' }), stateOf([chat(0)]))).toEqual([]);
  // The agent is online again before the chats come.
  expect(newsIn(stateOf([]), stateOf([chat(2, { restored: true })]))).toEqual([]);
});

it('tells that somebody waits when nobody did', () => {
  const waiting = (total: number, timestamp: string | null = 'x') => ({
    waiting: { sessions: total > 0 ? [fakeWait('Jonas', { reason: 'an invoice' })] : [], total, timestamp },
  });
  expect(newsIn(stateOf([], waiting(0)), stateOf([], waiting(1)))).toMatchObject([{ body: 'Jonas: an invoice' }]);
  expect(newsIn(stateOf([], waiting(1)), stateOf([], waiting(2)))).toEqual([]);
  expect(newsIn(stateOf([], waiting(0, null)), stateOf([], waiting(1)))).toEqual([]);
});
