/** Scripts without spaces between words. */
const WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]/u;
const ALL_WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ーｰ々〆\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]+/gu;
const SPACE_OR_MARK = /[\n\r\p{Z}\p{P}]+/u;
const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });
const signs = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The search terms of a text: its words, or, in scripts without spaces, dictionary words and every pair of neighbouring
 * characters. The pairs match a question and a document that the dictionary splits differently.
 */
export function wordsOf(text: string): string[] {
  const normal = text.normalize('NFKC');
  const words = normal.split(SPACE_OR_MARK).filter((word) => word !== '');
  return WITHOUT_SPACES.test(normal) ? words.flatMap(parts) : words;
}

/** Whether the word belongs to a script without spaces. */
export const isWithoutSpaces = (word: string): boolean => WITHOUT_SPACES.test(word);

function parts(word: string): string[] {
  if (!WITHOUT_SPACES.test(word)) return [word];
  const found: string[] = [];
  let end = 0;
  for (const match of word.matchAll(ALL_WITHOUT_SPACES)) {
    if (match.index > end) found.push(word.slice(end, match.index));
    end = match.index + match[0].length;
    found.push(...withoutSpaces(match[0]));
  }
  if (end < word.length) found.push(word.slice(end));
  return found;
}

function withoutSpaces(run: string): string[] {
  const words = [...segmenter.segment(run)].map(({ segment }) => segment);
  const single = [...signs.segment(run)].map(({ segment }) => segment);
  const pairs = single.slice(1).map((sign, before) => `${single[before]}${sign}`);
  return [...new Set([...words, ...pairs])];
}
