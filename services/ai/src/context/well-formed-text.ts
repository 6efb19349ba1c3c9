/** Text that Postgres can store: no NUL, no lone surrogate. Models sometimes write both. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** At most `max` characters; a cut text ends with an ellipsis. */
export function shorten(text: string, max: number): string {
  const trimmed = text.trim();
  return trimmed.length <= max ? trimmed : `${wellFormedStart(trimmed, max - 1).trimEnd()}…`;
}

/** The first `length` characters, one less where that would cut a surrogate pair in two. */
export function wellFormedStart(text: string, length: number): string {
  const start = text.slice(0, length);
  return start.isWellFormed() ? start : start.slice(0, -1);
}

/** The last `length` characters, one less where that would cut a surrogate pair in two. */
export function wellFormedEnd(text: string, length: number): string {
  if (length <= 0) return '';
  const end = text.slice(-length);
  return end.isWellFormed() ? end : end.slice(1);
}

/**
 * The end of a sentence: its marks, closing quotes or brackets, then space, except in scripts without spaces. The match
 * starts at the first of several marks only, so that a long row of marks takes linear time.
 */
const SENTENCE_END = /(?:(?<![.!?…])[.!?…]+["'”’»)\]]*(?=\s)|[。！？][」』”’）]*|\n\s*\n)/gu;

/**
 * The whole sentences at the start of a text that was cut off; undefined when there is none. A mark at the very end
 * does not count: "costs 3." may go on with "50".
 */
export function wholeSentences(text: string): string | undefined {
  const last = [...text.matchAll(SENTENCE_END)].at(-1);
  if (last === undefined) return undefined;
  const sentences = text.slice(0, last.index + last[0].length).trim();
  return sentences === '' ? undefined : sentences;
}

/** A text this long without the end of a sentence or line, in a script that marks them, is not an answer. */
const MAX_WITHOUT_END = 600;
/** Scripts without spaces between words; some have no marks at the end of a sentence either. */
const WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]/u;
const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * The whole words of a text that a limit has cut off, with an ellipsis where a sentence goes on. Undefined when there
 * are none, or when the text is not language. The last word is dropped: it may be a part, like "3" of "350".
 */
export function wholeWords(text: string): string | undefined {
  const last = [...words.segment(text.slice(-200))].at(-1);
  const start = text.slice(0, text.length - (last?.segment.length ?? 0)).trimEnd();
  if (start === '') return undefined;
  if (/(?:[.!?…:]|[。！？])["'”’»)\]]?$/u.test(start)) return start;
  const ends = start.includes('\n') || wholeSentences(`${start} `) !== undefined;
  if (!ends && start.length > MAX_WITHOUT_END && !WITHOUT_SPACES.test(start)) return undefined;
  return `${start}…`;
}
