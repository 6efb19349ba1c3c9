import { expect, it } from 'vitest';
import { fakeSession, script } from '../../stage/fake-agent-client.ts';
import { eventWords } from './event-words.ts';
import { isMine } from './mine.ts';
import { rowsOf } from './rows.ts';

const session = fakeSession('rows');
const ada = { id: 'a', name: 'Ada' };
const note = (id: string, createdAt: string) => ({
  id,
  sessionId: session.id,
  agentId: 'a',
  agentName: 'Ada',
  content: id,
  createdAt,
});

it('puts what one wrote without a pause together', () => {
  const { items } = script(session, 3_000)
    .user('1')
    .user('2', { after: 10 })
    .user('3', { after: 400 })
    .agent('4', { by: ada, after: 5 })
    .agent('5', { by: { id: 'another', name: 'Ada' }, after: 5 });
  const messages = rowsOf(items, [], ada.id).flatMap((row) =>
    row.kind === 'message' ? [`${row.item.content} ${row.first} ${row.last}`] : [],
  );
  expect(messages).toEqual(['1 true false', '2 false true', '3 true true', '4 true true', '5 true true']);
});

it('has a heading for each day, and notes where they were written', () => {
  const { items } = script(session, 3 * 86_400)
    .user('1')
    .user('2', { after: 86_400 })
    .user('3', { after: 60 });
  const [first, second, third] = items;
  const before = new Date(Date.parse(first?.timestamp ?? '') - 1).toISOString();
  const between = new Date(Date.parse(second?.timestamp ?? '') + 1).toISOString();
  const after = new Date(Date.parse(third?.timestamp ?? '') + 1).toISOString();
  const rows = rowsOf(items, [note('too early', before), note('between', between), note('last', after)], ada.id);
  expect(
    rows.map((row) => (row.kind === 'note' ? row.note.content : row.kind === 'message' ? row.item.content : row.kind)),
  ).toEqual(['day', '1', 'day', '2', 'between', '3', 'last']);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

it('knows a message of its own by who wrote it, not by the name', () => {
  const { items } = script(session, 60)
    .agent('mine', { by: ada })
    .agent('of a namesake', { by: { id: 'another', name: 'Ada' } })
    .user('hers');
  const unsent = { kind: 'message', key: 'k', own: true, sender: 'agent', content: 'unsent', timestamp: '' } as const;
  const mine = [...items, unsent].flatMap((item) =>
    item.kind === 'message' && isMine(item, 'a') ? [item.content] : [],
  );
  expect(mine).toEqual(['mine', 'unsent']);
});

it('says who ended or returned a chat by who had it before: an agent reads of itself as "you"', () => {
  const { items } = script(session, 600)
    .event({ from: 'bot', to: 'waiting', cause: 'customer_requested' })
    .event({ from: 'waiting', to: 'agent', cause: 'agent_assigned', agentId: 'a', agentName: 'Ada' })
    .event({ from: 'agent', to: 'closed', cause: 'agent_closed' });
  const saidTo = (myId: string) =>
    rowsOf(items, [], myId).flatMap((row) =>
      row.kind === 'event' ? [eventWords(row.item.change, row.before, myId)] : [],
    );
  expect(saidTo('a')).toEqual(['Customer asked for a human', 'You took the chat', 'You ended the chat']);
  expect(saidTo('b').slice(1)).toEqual(['Ada took the chat', 'Ada ended the chat']);
});

it('says who ended a chat by what they said, where the log is there from later on', () => {
  const { items } = script(session, 600)
    .agent('Good bye.', { by: { id: 'a', name: 'Ada' } })
    .event({ from: 'agent', to: 'closed', cause: 'agent_closed' });
  const said = (myId: string) =>
    rowsOf(items, [], myId).flatMap((row) =>
      row.kind === 'event' ? [eventWords(row.item.change, row.before, myId)] : [],
    );
  expect([said('a'), said('b')]).toEqual([['You ended the chat'], ['Ada ended the chat']]);
});
