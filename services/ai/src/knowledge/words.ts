/** Scripts whose words no space parts. */
const WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]/u;
const ALL_WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ーｰ々〆\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]+/gu;
const SPACE_OR_MARK = /[\n\r\p{Z}\p{P}]+/u;
const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });
const signs = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The words of a text, to be searched by. Where spaces part words, they are what stands between them. Where they do not,
 * they are the words of a dictionary, and each two neighbouring characters beside them: what a question and a document
 * have in common is found also where the dictionary parts them differently.
 */
export function wordsOf(text: string): string[] {
  const normal = text.normalize('NFKC');
  const words = normal.split(SPACE_OR_MARK).filter((word) => word !== '');
  return WITHOUT_SPACES.test(normal) ? words.flatMap(parts) : words;
}

/** Whether a word is of a script that is written without spaces. */
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
