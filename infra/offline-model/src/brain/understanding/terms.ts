import table from '../../../phrases/terms.json' with { type: 'json' };
import { normalise } from '../../text.ts';

const STOP_WORDS = new Set(table.stopWords.flatMap((row) => row.split(' ')));

/** Words that mean the same to a shop's customer, by stem. The first of a row stands for all. */
const CANONICAL = new Map(
  table.sameMeaning.flatMap((row) => {
    const [first = '', ...others] = row.split(' ');
    return others.map((other) => [other, first]);
  }),
);

/** Plural, -ing, -ed and a silent e: crude and the same on both sides, which is what counts. */
const stem = (word: string): string =>
  word
    .replace(/^(.{2,})ies$/, '$1y')
    .replace(/^(.{2,}[^us])s$/, '$1')
    .replace(/^(.{3,})(?:ing|ed)$/, '$1')
    .replace(/([b-df-hj-kmnp-rtv-z])\1$/, '$1')
    .replace(/^(.{3,})e$/, '$1');

/** The meaningful words of a text, as stems with their synonyms joined. Repeats stay. */
export function terms(text: string): string[] {
  const words = normalise(text)
    .replace(/'/g, '')
    .match(/[\p{L}\p{N}]+/gu);
  return (words ?? [])
    .filter((word) => !STOP_WORDS.has(word))
    .map((word) => CANONICAL.get(word) ?? stem(word))
    .map((word) => CANONICAL.get(word) ?? word);
}
