/** As phrases are compared: lower case, no accents ("möchte" is "mochte"), straight apostrophes, single spaces. */
export function normalise(text: string): string {
  return withoutMarks(text)
    .toLowerCase()
    .replace(/[’‘`´]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

export const withoutMarks = (text: string): string => text.normalize('NFKD').replace(/\p{M}+/gu, '');

export const inWords = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

/** Sentences and lines, as written, with their closing marks. A point inside a number or an address ends nothing. */
export function splitSentences(text: string): string[] {
  return (text.match(/.+?(?:[.!?…]+(?=\s|$)|[。！？؟]+|\n|$)/gu) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}?？؟]/u.test(sentence));
}

/** At most `length` characters, cut between words, with an ellipsis where something was left out. */
export function shorten(text: string, length: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= length) return flat;
  const cut = flat.slice(0, Math.max(0, length - 1));
  const space = cut.lastIndexOf(' ');
  return `${(space > length / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:.–\uD800-\uDBFF-]+$/, '')}…`;
}

export const isQuestion = (sentence: string): boolean =>
  /[?？؟]/.test(sentence) ||
  /^(?:(?:and|but|so|well|hi|hello|hey|ok|please|sorry),? )*(?:what|when|where|which|who|whose|why|how|is|are|am|do|does|did|can|could|will|would|should|may|have|has|tell me|show me|explain|describe|i(?:'d| would) like to know|i want to know)\b/.test(
    normalise(sentence),
  );

/** The pieces in which text is streamed and counted, of about the size of a model's; joined they give it back. */
export const splitIntoTokens = (text: string): string[] =>
  text.match(
    /\s*(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]{0,6}|[^\s\p{L}\p{N}]{1,3})|\s+/gu,
  ) ?? [];

export const countTokens = (text: string): number => splitIntoTokens(text).length;

/** One of the choices, always the same for the same seed: by FNV-1a, 32 bit, over UTF-16 code units. */
export function pick(choices: readonly string[], seed: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
  return choices[(hash >>> 0) % choices.length] ?? '';
}
