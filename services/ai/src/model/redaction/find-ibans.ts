import { countrySpecs } from 'ibantools';
import { isAsciiWordAt } from './characters.ts';
import type { Span } from './kinds.ts';

/** The country, and the two digits that check the rest. */
const HEAD = /[a-z]{2}\d{2}/gi;
const HEAD_LENGTH = 4;
const LENGTHS = new Map(Object.entries(countrySpecs).map(([country, { chars }]) => [country, chars ?? 0]));
const SEPARATORS = new Set([...' \u00a0\u202f.-'].map((sign) => sign.charCodeAt(0)));

/** International bank account numbers: the country decides the length, and two digits check the rest (ISO 13616). */
export function* findIbans(text: string): Generator<Span> {
  for (const { 0: head, index: start } of text.matchAll(HEAD)) {
    if (isAsciiWordAt(text, start - 1)) continue;
    const length = LENGTHS.get(head.slice(0, 2).toUpperCase()) ?? 0;
    const end = length > HEAD_LENGTH ? endOfIban(text, start, head, length) : undefined;
    if (end !== undefined) yield { start, end };
  }
}

/** The end of so many letters and digits, in groups with one separator between, when the check digits fit them. */
function endOfIban(text: string, start: number, head: string, length: number): number | undefined {
  let remainder = 0;
  let end = start + HEAD_LENGTH;
  for (let left = length - HEAD_LENGTH; left > 0; end++) {
    const value = valueAt(text, end);
    if (value >= 0) {
      remainder = remainderWith(remainder, value);
      left--;
    } else if (!SEPARATORS.has(text.charCodeAt(end)) || valueAt(text, end + 1) < 0) return undefined;
  }
  if (valueAt(text, end) >= 0) return undefined;
  for (let index = 0; index < HEAD_LENGTH; index++) remainder = remainderWith(remainder, valueAt(head, index));
  return remainder === 1 ? end : undefined;
}

/** Letters of either case are numbers from 10 on; -1 for any other sign. */
function valueAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return code - 48;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? (code & 31) + 9 : -1;
}

/** The remainder by 97 when a sign is appended. */
const remainderWith = (remainder: number, value: number): number => (remainder * (value < 10 ? 10 : 100) + value) % 97;
