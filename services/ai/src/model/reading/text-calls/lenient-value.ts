/**
 * A value as models write it: JSON, a Python literal, or the compact form of Gemma (`{key:<|"|>text<|"|>}`). Takes
 * linear time. `end` is the position after the value; undefined when the value has no end.
 */
export function readValue(text: string, at: number, depth = 0): { value: unknown; end: number } | undefined {
  const start = skipSpace(text, at);
  if (depth > MAX_DEPTH) return undefined;
  const quoted = readQuoted(text, start);
  if (quoted !== undefined) return quoted;
  if (text[start] === '{') return readPairs(text, start + 1, '}', depth);
  if (text[start] === '[') return readList(text, start + 1, depth);
  return readBare(text, start);
}

/** The arguments of `name(a=1, b="c")`, from after the opening bracket. */
export const readArguments = (text: string, at: number) => readPairs(text, at, ')', 0);

const MAX_DEPTH = 20;
const QUOTES = ['<|"|>', '<escape>', '"', "'"];
const ENDS_BARE = ',:=}])\n';

function readPairs(text: string, at: number, close: string, depth: number) {
  const value: Record<string, unknown> = {};
  for (let next = skipSpace(text, at); next < text.length; next = skipSeparator(text, next)) {
    if (text[next] === close) return { value, end: next + 1 };
    const key = readQuoted(text, next) ?? readBare(text, next);
    if (key === undefined) return undefined;
    const sign = skipSpace(text, key.end);
    if (text[sign] !== ':' && text[sign] !== '=') return undefined;
    const read = readValue(text, sign + 1, depth + 1);
    if (read === undefined) return undefined;
    Object.defineProperty(value, String(key.value), { value: read.value, enumerable: true, configurable: true });
    next = read.end;
    if (!isSeparator(text, next) && text[skipSpace(text, next)] !== close) return undefined;
  }
  return undefined;
}

function readList(text: string, at: number, depth: number) {
  const value: unknown[] = [];
  for (let next = skipSpace(text, at); next < text.length; next = skipSeparator(text, next)) {
    if (text[next] === ']') return { value, end: next + 1 };
    const read = readValue(text, next, depth + 1);
    if (read === undefined) return undefined;
    value.push(read.value);
    next = read.end;
    if (!isSeparator(text, next) && text[skipSpace(text, next)] !== ']') return undefined;
  }
  return undefined;
}

function readQuoted(text: string, at: number): { value: unknown; end: number } | undefined {
  const quote = QUOTES.find((mark) => text.startsWith(mark, at));
  if (quote === undefined) return undefined;
  let written = '';
  for (let next = at + quote.length; next < text.length; next++) {
    if (text.startsWith(quote, next)) return { value: written, end: next + quote.length };
    if (text[next] !== '\\' || quote.length > 1) written += text[next];
    else if (text[++next] === 'u') {
      written += String.fromCharCode(Number.parseInt(text.slice(next + 1, next + 5), 16) || 0xfffd);
      next += 4;
    } else written += escapes.get(text[next] ?? '') ?? text[next] ?? '';
  }
  return undefined;
}

const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
]);
const words = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['none', null],
]);

/** A number, a keyword such as `true`, or a text without quotes. */
function readBare(text: string, at: number): { value: unknown; end: number } | undefined {
  let end = at;
  while (end < text.length && !ENDS_BARE.includes(text[end] ?? '')) end++;
  const written = text.slice(at, end).trim();
  if (written === '') return undefined;
  const word = words.get(written.toLowerCase());
  if (word !== undefined) return { value: word, end };
  const number = Number(written);
  return { value: Number.isFinite(number) ? number : written, end };
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && (text[next] ?? '').trim() === '') next++;
  return next;
}

const isSeparator = (text: string, at: number) => text[skipSpace(text, at)] === ',';
const skipSeparator = (text: string, at: number) => {
  const next = skipSpace(text, at);
  return skipSpace(text, text[next] === ',' ? next + 1 : next);
};
