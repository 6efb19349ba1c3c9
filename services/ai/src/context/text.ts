/** What Postgres can store: no NUL, no half of a surrogate pair. Models write both now and then. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** At most `max` characters; what was cut ends with an ellipsis. */
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
 * A sentence's end: its marks, closing quotes or brackets, and then space, or the next character where none is used.
 * It begins at the first of several marks only, so that a long row of them takes linear time.
 */
const SENTENCE_END = /(?:(?<![.!?…])[.!?…]+["'”’»)\]]*(?=\s)|[。！？][」』”’）]*|\n\s*\n)/gu;

/**
 * The whole sentences at the start of a text that was cut off; undefined when there is none.
 * A mark at the very end counts only with something after it: "costs 3." may go on with "50".
 */
export function wholeSentences(text: string): string | undefined {
  const last = [...text.matchAll(SENTENCE_END)].at(-1);
  if (last === undefined) return undefined;
  const sentences = text.slice(0, last.index + last[0].length).trim();
  return sentences === '' ? undefined : sentences;
}

/** Without a sentence or a line in so many characters, of a script that has marks for them, it is no answer. */
const MAX_WITHOUT_END = 600;
/** Scripts that are written without spaces, and some of them without marks at the end of a sentence. */
const WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]/u;
const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * The whole words of a text that a limit has cut off, in any script, with an ellipsis where a sentence goes on; undefined
 * when there are none, or when it is not language. The last word may be a part of one, as "3" of "350".
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
