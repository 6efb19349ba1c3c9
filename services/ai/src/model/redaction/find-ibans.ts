import { countrySpecs } from 'ibantools';
import { isAsciiWordAt } from './characters.ts';
import type { Span } from './kinds.ts';

/** The country, and the two digits that check the rest. */
const HEAD = /[a-z]{2}\d{2}/gi;
const HEAD_LENGTH = 4;
const SEPARATORS = new Set([...' \u00a0\u202f.-'].map((sign) => sign.charCodeAt(0)));

/** International bank account numbers: the country decides the length, and two digits check the rest (ISO 13616). */
export function* findIbans(text: string): Generator<Span> {
  for (const { 0: head, index: start } of text.matchAll(HEAD)) {
    if (isAsciiWordAt(text, start - 1)) continue;
    const length = countrySpecs[head.slice(0, 2).toUpperCase()]?.chars ?? 0;
    const end = length > HEAD_LENGTH ? endOfIban(text, start, head, length) : undefined;
    if (end !== undefined) yield { start, end };
  }
}

/** The end of so many letters and digits, in groups with one separator between, when the check digits fit them. */
function endOfIban(text: string, start: number, head: string, length: number): number | undefined {
  let remainder = 0;
  let end = start + HEAD_LENGTH;
  for (let left = length - HEAD_LENGTH; left > 0; end++) {
    if (isAsciiWordAt(text, end)) {
      remainder = remainderWith(remainder, text.charCodeAt(end));
      left--;
    } else if (!SEPARATORS.has(text.charCodeAt(end)) || !isAsciiWordAt(text, end + 1)) return undefined;
  }
  if (isAsciiWordAt(text, end)) return undefined;
  for (let index = 0; index < HEAD_LENGTH; index++) remainder = remainderWith(remainder, head.charCodeAt(index));
  return remainder === 1 ? end : undefined;
}

/** The remainder by 97 when a sign is appended; letters of either case are numbers from 10 on. */
function remainderWith(remainder: number, code: number): number {
  return code <= 57 ? (remainder * 10 + code - 48) % 97 : (remainder * 100 + (code & 31) + 9) % 97;
}
