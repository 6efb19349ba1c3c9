import type { Span } from './kinds.ts';

const WORD = /[A-Za-z0-9_-]+/g;
/** How the keys of well-known services begin. A JSON Web Token begins with an object in base64: `eyJ`. */
const BEGINNINGS: readonly string[] = [
  ...['sk-', 'sk_', 'pk_', 'rk_', 'whsec_', 'key-', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-'],
  ...['xoxa-', 'xoxb-', 'xoxp-', 'xoxr-', 'xoxs-', 'AKIA', 'ASIA', 'AIza', 'ya29', 'hf_', 'gsk_', 'xai-', 'pplx-'],
  ...['nvapi-', 'npm_', 'pypi-', 'dop_v1_', 'shpat_', 'shpss_', 'sq0atp-', 'EAAC', 'eyJ'],
];
const SHORTEST = 16;
const SHORTEST_RANDOM = 20;
const SHORTEST_HEXADECIMAL = 32;
const HEXADECIMAL = /^[0-9a-f]+$/i;
const AFTER_HEADER = /\bauthorization["']?\s{0,2}[:=]\s{0,2}["']?bearer $/i;
const AFTER_BEARER = /\bbearer $/i;
/** As many characters as the longest of these beginnings has. */
const LOOK_BACK = 32;
const PRIVATE_KEY = { begin: '-----BEGIN ', kind: 'PRIVATE KEY', end: '-----END ' };

/** Keys and tokens: by how they begin, or because they look drawn by lot. */
export function* findKeys(text: string): Generator<Span> {
  /** Where the next part of a token begins: they have dots between. */
  let nextPart = -1;
  for (const { 0: word, index: start } of text.matchAll(WORD)) {
    const end = start + word.length;
    const isKey = start === nextPart || isLikeKey(word) || isBearerToken(text, start, end);
    nextPart = isKey && text[end] === '.' ? end + 1 : -1;
    if (isKey) yield { start, end };
  }
}

function isLikeKey(word: string): boolean {
  if (word.length < SHORTEST || !/\d/.test(word)) return false;
  return BEGINNINGS.some((beginning) => word.startsWith(beginning)) || word.split(/[_-]/).some(isRandom);
}

/** Small letters, capitals and digits mixed, or a long hexadecimal number. The parts of a UUID are shorter. */
function isRandom(part: string): boolean {
  if (part.length < SHORTEST_RANDOM || !/\d/.test(part)) return false;
  return /[a-z]/.test(part) && /[A-Z]/.test(part)
    ? true
    : part.length >= SHORTEST_HEXADECIMAL && HEXADECIMAL.test(part) && /[a-f]/i.test(part);
}

/** The word after `Bearer`, which is one of English, too: "the bearer of this letter" shows no token. */
function isBearerToken(text: string, start: number, end: number): boolean {
  if (text[start - 1] !== ' ') return false;
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  if (!AFTER_BEARER.test(before)) return false;
  const isLong = end - start >= SHORTEST;
  return (
    isLong || /\d/.test(text.slice(start, end)) || /^\.\w/.test(text.slice(end, end + 2)) || AFTER_HEADER.test(before)
  );
}

/**
 * Private keys in PEM (RFC 7468): from the line that begins one to the line that ends it, or to the end of the text.
 */
export function* findPrivateKeys(text: string): Generator<Span> {
  for (let start = text.indexOf(PRIVATE_KEY.begin); start >= 0; start = text.indexOf(PRIVATE_KEY.begin, start + 1)) {
    if (!text.slice(start, start + 60).includes(PRIVATE_KEY.kind)) continue;
    const footer = text.indexOf(PRIVATE_KEY.end, start);
    const last = footer < 0 ? -1 : text.indexOf('-----', footer + PRIVATE_KEY.end.length);
    const end = last < 0 ? text.length : last + '-----'.length;
    yield { start, end };
    start = end - 1;
  }
}
