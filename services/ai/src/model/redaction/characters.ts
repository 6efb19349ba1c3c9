const ANY_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const FIRST_BEYOND_ASCII = 128;

/** Whether the character at a position is a letter or digit of ASCII. False outside of the text. */
export function isAsciiWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** The same of any script. */
export function isWordAt(text: string, at: number): boolean {
  if (isAsciiWordAt(text, at)) return true;
  return text.charCodeAt(at) >= FIRST_BEYOND_ASCII && ANY_LETTER_OR_DIGIT.test(text[at] ?? '');
}
