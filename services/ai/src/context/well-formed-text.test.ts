import { describe, expect, it } from 'vitest';
import { shorten, storable, wholeSentences } from './well-formed-text.ts';

describe('texts', () => {
  it.each([
    ['One. Two! And thr', 'One. Two!'],
    ['It costs 3.', undefined],
    ['It costs 3.50 euros. More', 'It costs 3.50 euros.'],
    ['He said “Yes.” Then', 'He said “Yes.”'],
    ['你好。我们', '你好。'],
    ['A paragraph\n\nAnother that', 'A paragraph'],
    ['no end', undefined],
    ['', undefined],
  ])('whole sentences of %j', (text, sentences) => expect(wholeSentences(text)).toBe(sentences));

  it('are cut between characters, not within', () => {
    expect(shorten('ab🏮🏮', 4)).toBe('ab…');
    expect(shorten('  short ', 10)).toBe('short');
    expect(storable('a\u0000b\ud83d')).toBe('ab\ufffd');
  });
});
