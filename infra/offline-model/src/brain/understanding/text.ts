/**
 * The form in which phrases are compared: lower case, no accents or other marks (so "möchte" is "mochte", "أ" is "ا"),
 * straight apostrophes, single spaces.
 */
export function normalise(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[’‘`´]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

/** Sentences and lines, as written, with their closing marks. A point inside a number or an address ends nothing. */
export function splitSentences(text: string): string[] {
  return (text.match(/.+?(?:[.!?…]+(?=\s|$)|[。！？؟]+|\n|$)/gu) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence) || /[?？؟]/.test(sentence));
}

/** At most `length` characters, cut between words, with an ellipsis where something was left out. */
export function shorten(text: string, length: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= length) return flat;
  const cut = flat.slice(0, Math.max(0, length - 1));
  const space = cut.lastIndexOf(' ');
  return `${(space > length / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:.–-]+$/u, '').replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Whether a sentence asks something. */
export function isQuestion(sentence: string): boolean {
  return (
    /[?？؟]/.test(sentence) ||
    /^(?:(?:and|but|so|well|hi|hello|hey|ok|please|sorry),? )*(?:what|when|where|which|who|whose|why|how|is|are|am|do|does|did|can|could|will|would|should|may|have|has|tell me|show me|explain|describe|i(?:'d| would) like to know|i want to know)\b/.test(
      normalise(sentence),
    )
  );
}
