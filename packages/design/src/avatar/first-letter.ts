/**
 * Without `Intl.Segmenter`: a letter with the marks on it, a flag, or what joiners and skin tones make one picture of.
 */
const LETTER =
  /^(?:\p{Regional_Indicator}{2}|\P{M}[\p{M}\p{Emoji_Modifier}]*(?:\u200D\P{M}[\p{M}\p{Emoji_Modifier}]*)*)/u;

const segmenter =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : undefined;

/** What a reader takes for the first letter of a word, however many characters it is. */
export function firstLetter(word: string): string {
  if (segmenter === undefined) return firstByMarks(word);
  for (const { segment } of segmenter.segment(word)) return segment;
  return '';
}

/** The same, as far as characters tell it by themselves. */
export const firstByMarks = (word: string): string => LETTER.exec(word)?.[0] ?? '';
