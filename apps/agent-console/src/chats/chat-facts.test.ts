import { describe, expect, it } from 'vitest';
import { fakeChat, fakeSession, script } from '../../stage/fake-agent-client.ts';
import { factsOf, orderChats } from './chat-facts.ts';

const told = (
  name: string,
  write: (lines: ReturnType<typeof script>) => void,
  assignment: 'mine' | 'gone' | 'closed' = 'mine',
) => {
  const session = fakeSession(name);
  const lines = script(session, 1_000);
  write(lines);
  return fakeChat({ session, items: lines.items, assignment });
};
const timeOf = (chat: ReturnType<typeof told>, at: number) => Date.parse(chat.items[at]?.timestamp ?? '');
const taken = { from: 'waiting', to: 'agent', cause: 'agent_assigned' } as const;
const asked = { from: 'bot', to: 'waiting', cause: 'customer_requested', reason: 'help' } as const;

describe('a customer waits for an answer', () => {
  it('since the handoff, when nobody has said anything yet', () => {
    const chat = told('a', (lines) => lines.user('1').bot('2').event(asked).event(taken));
    expect(factsOf(chat).unansweredSince).toBe(timeOf(chat, 2));
    expect(factsOf(chat).handoff?.change.reason).toBe('help');
  });
  it('since the first message that no agent has answered', () => {
    const chat = told('b', (lines) => lines.event(asked).event(taken).agent('3').user('4').user('5'));
    expect(factsOf(chat).unansweredSince).toBe(timeOf(chat, 3));
    expect(factsOf(chat)).toMatchObject({ lastSeq: 5, lastMessage: { content: '5' } });
  });
  it('also after what a service said for the operator: that is no answer', () => {
    const chat = told('s', (lines) => lines.event(asked).event(taken).agent('3').user('4').bot('5'));
    const items = chat.items.map((item) =>
      item.kind === 'message' && item.sender === 'bot' ? { ...item, sender: 'system' as const } : item,
    );
    expect(factsOf({ ...chat, items }).unansweredSince).toBe(timeOf(chat, 3));
    expect(factsOf(told('t', (lines) => lines.user('1').bot('2'))).unansweredSince).toBeNull();
  });
  it('not after an answer, and not when the chat is over', () => {
    expect(
      factsOf(told('c', (lines) => lines.event(asked).event(taken).user('3').agent('4'))).unansweredSince,
    ).toBeNull();
    expect(
      factsOf(told('d', (lines) => lines.event(asked).event(taken).user('3'), 'closed')).unansweredSince,
    ).toBeNull();
  });
});

it('orders by who waits longest, then by what is newest, then what is over', () => {
  const early = told('early', (lines) => lines.event(taken).agent('1').user('2', { after: 10 }));
  const late = told('late', (lines) => lines.event(taken).agent('1').user('2', { after: 60 }));
  const answeredOld = told('old', (lines) => lines.event(taken).user('1').agent('2', { after: 5 }));
  const answeredNew = told('new', (lines) => lines.event(taken).user('1').agent('2', { after: 300 }));
  const over = told('over', (lines) => lines.user('1', { after: 900 }), 'gone');
  const order = orderChats([over, answeredOld, late, answeredNew, early]);
  expect(order).toEqual([early, late, answeredNew, answeredOld, over]);
});
