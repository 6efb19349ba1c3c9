import { describe, expect, it } from 'vitest';
import type { Keeper } from '../console/storage.ts';
import { createRepliesStore } from './replies-store.ts';
import { fillReply, findReplies, firstReplies, isReplyName, readReplies, slashQuery } from './saved-replies.ts';

const keeper = (): Keeper & { kept: Map<string, string> } => {
  const kept = new Map<string, string>();
  return {
    kept,
    read: (key) => kept.get(key) ?? null,
    write: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
  };
};

describe('the slash', () => {
  it('asks when it begins a word, up to the cursor', () => {
    expect(slashQuery('/', 1)).toEqual({ query: '', from: 0 });
    expect(slashQuery('Hi /he', 6)).toEqual({ query: 'he', from: 3 });
    expect(slashQuery('Hi /hello', 6)).toEqual({ query: 'he', from: 3 });
    expect(slashQuery('a\n/b', 4)).toEqual({ query: 'b', from: 2 });
    expect(slashQuery('/größe', 6)).toEqual({ query: 'größe', from: 0 });
  });
  it('is just a slash elsewhere', () => {
    for (const text of ['and/or', 'https://x', '/a b', '1/2', ''])
      expect(slashQuery(text, text.length), text).toBeUndefined();
  });
});

it('finds by the beginning of the name, then by name, then by text', () => {
  const replies = [
    { name: 'refund', text: 'x' },
    { name: 'no-refund', text: 'x' },
    { name: 'bye', text: 'about the Refund' },
    { name: 'hello', text: 'x' },
  ];
  expect(findReplies(replies, 'REF').map(({ name }) => name)).toEqual(['refund', 'no-refund', 'bye']);
  expect(findReplies(replies, '')).toHaveLength(4);
});

it('fills in who is who, and leaves what it does not know to be seen', () => {
  expect(fillReply('{{customer}}, {{ Agent }} here: {{order}} $& $1', { customer: '$& {{agent}}', agent: 'Ada' })).toBe(
    '$& {{agent}}, Ada here: {{order}} $& $1',
  );
});

it('needs no name where none is known', () => {
  const filled = (text: string) => fillReply(text, { customer: undefined, agent: 'Ada' });
  expect(firstReplies.map(({ text }) => filled(text)).join(' ')).not.toMatch(/customer|visitor| ,|, ?\./i);
  expect(filled('Hello {{customer}}, this is {{agent}}.')).toBe('Hello, this is Ada.');
  expect(filled('I am sorry, {{ Customer }}. Let us see.')).toBe('I am sorry. Let us see.');
  expect(filled('Hi.\n{{customer}}, please send it.')).toBe('Hi.\nPlease send it.');
  expect(filled('{{customer}}')).toBe('');
});

it('reads what was kept, whatever that is', () => {
  expect(readReplies(null)).toEqual(firstReplies);
  expect(readReplies('{')).toEqual(firstReplies);
  expect(readReplies('[]')).toEqual([]);
  expect(readReplies('[{"name":"a","text":"b"},{"name":"A B","text":"b"},{"name":"c"},null,4]')).toEqual([
    { name: 'a', text: 'b' },
  ]);
});

it('keeps what is saved, renamed, removed and reset', () => {
  const storage = keeper();
  const store = createRepliesStore(storage);
  store.save({ name: 'zeta', text: '1' });
  store.save({ name: 'alpha', text: '2' }, 'zeta');
  const names = createRepliesStore(storage).all.value.map(({ name }) => name);
  expect(names[0]).toBe('alpha');
  expect(new Set(names)).toEqual(new Set(['alpha', ...firstReplies.map(({ name }) => name)]));
  store.remove('alpha');
  expect(store.all.value).toHaveLength(firstReplies.length);
  store.reset();
  expect(storage.kept.size).toBe(0);
});

it('takes letters of any script, digits and dashes as a name', () => {
  expect(['a', 'größe-2', '退款', '1'].every(isReplyName)).toBe(true);
  expect(['', '-a', 'a b', 'a/b', 'a'.repeat(41)].some(isReplyName)).toBe(false);
});
