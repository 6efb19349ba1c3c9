import { isWordAt } from './characters.ts';
import type { Span } from './kinds.ts';

const LOCAL_SIGNS = "!#$%&'*+/=?^_`{|}~.-";
const DOMAIN_SIGNS = '.-';
const TOP_LEVEL = /^(?:\p{L}{2,63}|xn--[a-z0-9-]{1,59})$/iu;
/** RFC 5321: the longest part before the sign, and after it. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;

/** Mail addresses. Each character is read twice at most, because both parts end at the next sign. */
export function* findEmails(text: string): Generator<Span> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = startOfLocalPart(text, at);
    const end = start < at ? endOfDomain(text, at + 1) : undefined;
    if (end !== undefined) yield { start, end };
  }
}

function startOfLocalPart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL && isOf(text, start - 1, LOCAL_SIGNS)) start--;
  // Before an address there is often a quotation mark or another sign.
  while (start < at && !isWordAt(text, start)) start++;
  return start;
}

function endOfDomain(text: string, from: number): number | undefined {
  let end = from;
  while (end < text.length && end - from < MAX_DOMAIN && isOf(text, end, DOMAIN_SIGNS)) end++;
  // The end of a sentence is not part of the address.
  while (end > from && !isWordAt(text, end - 1)) end--;
  const domain = text.slice(from, end);
  const lastDot = domain.lastIndexOf('.');
  if (lastDot <= 0 || !isWordAt(domain, 0)) return undefined;
  return TOP_LEVEL.test(domain.slice(lastDot + 1)) ? end : undefined;
}

const isOf = (text: string, at: number, signs: string) => isWordAt(text, at) || signs.includes(text[at] ?? ' ');
