const PIECE =
  /\s*(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]{0,6}|[^\s\p{L}\p{N}]{1,3})|\s+/gu;

/**
 * Splits text into the pieces in which it is streamed and by which usage is counted: about the size of a real
 * model's tokens (short words whole, longer ones in parts, a CJK character each). Joining them gives the text back.
 */
export function splitIntoTokens(text: string): string[] {
  return text.match(PIECE) ?? [];
}

/** How many tokens a text costs, by the same split. */
export function countTokens(text: string): number {
  return splitIntoTokens(text).length;
}
