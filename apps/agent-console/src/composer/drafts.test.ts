import { expect, it } from 'vitest';
import type { Keeper } from '../console/storage.ts';
import { createDrafts } from './drafts.ts';

const keeperOf = (kept: Map<string, string>): Keeper => ({
  read: (key) => kept.get(key) ?? null,
  write: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
});

it('keeps a reply and a note for each chat, over a reload', () => {
  const kept = new Map<string, string>();
  const drafts = createDrafts(keeperOf(kept));
  drafts.set('a', 'reply', 'one');
  drafts.set('a', 'note', 'two');
  drafts.set('b', 'reply', 'three');
  const again = createDrafts(keeperOf(kept));
  expect([again.get('a', 'reply'), again.get('a', 'note'), again.get('b', 'reply'), again.get('b', 'note')]).toEqual([
    'one',
    'two',
    'three',
    '',
  ]);
  again.forget('a');
  again.set('b', 'reply', '');
  expect(kept.size).toBe(0);
});

it('lets go of the oldest when there are too many, and of what is no draft', () => {
  const kept = new Map([['baton.console.drafts', '[["x","old"],["y"],3]']]);
  const drafts = createDrafts(keeperOf(kept));
  expect(drafts.get('x', 'reply')).toBe('old');
  for (let n = 0; n < 200; n += 1) drafts.set(`chat ${n}`, 'reply', 'text');
  expect(drafts.get('x', 'reply')).toBe('');
  expect(drafts.get('chat 0', 'reply')).toBe('text');
  expect(createDrafts(keeperOf(new Map([['baton.console.drafts', '{']]))).get('x', 'reply')).toBe('');
});
