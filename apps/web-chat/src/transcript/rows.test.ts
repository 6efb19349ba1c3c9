import { describe, expect, it } from 'vitest';
import { states } from '../../stage/states.ts';
import { en } from '../i18n/en.ts';
import { createLanguage } from '../i18n/i18n.ts';
import { rowsOf } from './rows.ts';
import { transcriptText } from './transcript-file.ts';

const english = createLanguage('en', en);
const stateOf = (name: string) => {
  const state = states[name]?.();
  if (state === undefined) throw new Error(`there is no state ${name}`);
  return state;
};

describe('the rows of a transcript', () => {
  it('put what one person writes in one go together', () => {
    const rows = rowsOf(stateOf('offline').items);
    const last = rows.slice(-2).map((row) => (row.type === 'message' ? [row.first, row.last] : []));
    expect(last).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('tell the delivery of the newest own message, and of those that did not arrive', () => {
    const told = (name: string) =>
      rowsOf(stateOf(name).items).flatMap((row) =>
        row.type === 'message' && row.tellDelivery ? [row.item.delivery] : [],
      );
    expect(told('agent')).toEqual(['seen']);
    expect(told('offline')).toEqual(['sending', 'sending']);
    expect(told('failed')).toEqual(['failed']);
  });

  it('say of an answer that it was cut short, and of the newest that it may go on', () => {
    const { items } = stateOf('cut');
    const cuts = (of: typeof items) => rowsOf(of).flatMap((row) => (row.type === 'message' ? [row.cut] : []));
    expect(cuts(items).at(-1)).toBe('newest');
    expect(cuts([...items, ...stateOf('bot').items.slice(1, 2)]).slice(-2)).toEqual(['earlier', undefined]);
    expect(cuts(stateOf('bot').items).filter((cut) => cut !== undefined)).toEqual([]);
  });

  it('name the agent of an event also where the log is there from later on', () => {
    const names = (items: ReturnType<typeof stateOf>['items'], lastAgent?: string) =>
      rowsOf(items, lastAgent).flatMap((row) => (row.type === 'event' ? [row.agentName] : []));
    const { items } = stateOf('closed');
    const end = items.slice(-1).map((item) => {
      if (item.kind !== 'event') throw new Error('it does not end with its end');
      const { agentName: _, ...change } = item.change;
      return { ...item, change };
    });
    const said = items.slice(-3, -1);
    expect(said.some((item) => item.kind === 'message' && item.sender === 'agent')).toBe(true);
    expect(names([...said, ...end]), 'by what they said').toEqual(['Grace Hopper']);
    expect(names(end, 'Grace Hopper'), 'by whom the chat was with').toEqual(['Grace Hopper']);
    expect(names(end)).toEqual([undefined]);
  });

  it("leave out the bot's greeting: the visitor was greeted before", () => {
    const [greeting] = stateOf('bot').items.filter((item) => item.kind === 'message' && item.sender === 'bot');
    if (greeting?.kind !== 'message') throw new Error('the bot says nothing');
    const entry = {
      id: '',
      sessionId: '',
      seq: 2,
      content: '',
      sender: 'bot',
      timestamp: greeting.timestamp,
      metadata: { greeting: true },
      kind: 'message',
    } as const;
    expect(rowsOf([{ ...greeting, entry }])).toEqual([]);
    expect(rowsOf([greeting])).toHaveLength(2);
    // Its words in a persona are its own, and agents see them: so does the visitor.
    const inPersona = { ...entry, metadata: { greeting: true, persona: true } };
    expect(rowsOf([{ ...greeting, entry: inPersona }])).toHaveLength(2);
  });

  it('begin with the day, and do not announce that the chat began', () => {
    const rows = rowsOf(stateOf('bot').items);
    expect(rows.map(({ type }) => type)).toEqual(['day', 'message', 'message', 'message', 'message']);
  });
});

it('the transcript names who said what, and who ended it though the log no longer has them', () => {
  const state = stateOf('closed');
  const items = state.items.map((item) =>
    item.kind === 'event' && item.change.to === 'closed'
      ? { ...item, change: { ...item.change, agentName: undefined } }
      : item,
  );
  // As the log has it: of a closed chat nobody is in control.
  const text = transcriptText({ ...state, items: items as typeof state.items }, 'Lumen & Leaf', english);
  expect(text).toContain('Grace Hopper ended the chat.');
  expect(text).toContain('Grace Hopper:\nThank you, I see it.');
  expect(text).toContain('You:\nPerfect, thank you!');
  const [service] = state.items.filter((item) => item.kind === 'message' && item.sender === 'bot');
  if (service?.kind !== 'message') throw new Error('the bot says nothing');
  const said = { ...service, sender: 'system' as const, content: 'Order 4711 was sent.' };
  const withService = transcriptText({ ...state, items: [said] }, 'Lumen & Leaf', english);
  expect(withService).toMatch(/\] Order 4711 was sent\.\n$/);
  expect(text.startsWith('Lumen & Leaf\nChat transcript, ')).toBe(true);
});
