/** A piece of a line. Nothing in it is HTML: whoever shows it makes elements of it. */
export type Inline =
  | { type: 'text' | 'code'; text: string }
  | { type: 'strong' | 'em' | 'del'; children: Inline[] }
  | { type: 'link'; href: string; children: Inline[] }
  | { type: 'break' };

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);
/** Emphasis within emphasis deeper than this is shown as it was written. */
const MAX_DEPTH = 6;

/** The address of a link that may be followed, as the browser will read it; undefined for every other. */
export function safeHref(written: string): string | undefined {
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  return PROTOCOLS.has(url.protocol) ? url.href : undefined;
}

const MARKS = /[\\`*_~[\n]|https?:\/\//gi;
const ESCAPABLE = /[\\`*_{}[\]()#+\-.!~>|]/;
const SPACE = /\s/;
const WORD = /[\p{L}\p{N}]/u;

const kinds = { '**': 'strong', __: 'strong', '~~': 'del', '*': 'em', _: 'em' } as const;
const delimiters = ['**', '__', '~~', '*', '_'] as const;

/** Text with its links and line breaks and nothing else: what people wrote without a thought of Markdown. */
export function parsePlain(text: string): Inline[] {
  return scan(text, () => undefined, /\n|https?:\/\//gi);
}

/**
 * One paragraph's worth of Markdown. Time grows with the length of the text, whatever it is.
 * @param growing the text is still being written: what was opened and not yet closed counts as closed at its end
 */
export function parseInline(text: string, depth = 0, growing = false): Inline[] {
  // Once a closing mark was looked for in vain, it is not looked for again.
  const absent = new Set<string>();
  const find = (mark: string, from: number): number => {
    if (absent.has(mark)) return -1;
    const at = text.indexOf(mark, from);
    if (at < 0) absent.add(mark);
    return at;
  };
  return scan(
    text,
    (at) =>
      code(text, at, find) ??
      emphasis(text, at, find, depth) ??
      link(text, at, find, depth) ??
      (growing ? unfinished(text, at, depth) : undefined),
    MARKS,
  );
}

interface Found {
  piece: Inline;
  end: number;
}
type Find = (mark: string, from: number) => number;

function scan(text: string, marked: (at: number) => Found | undefined, marks: RegExp): Inline[] {
  const pieces: Inline[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') pieces.push({ type: 'text', text: plain });
    plain = '';
  };
  let at = 0;
  while (at < text.length) {
    marks.lastIndex = at;
    const match = marks.exec(text);
    if (match === null) break;
    plain += text.slice(at, match.index);
    at = match.index;
    const next = text[at + 1];
    if (match[0] === '\\' && next !== undefined && ESCAPABLE.test(next)) {
      plain += next;
      at += 2;
      continue;
    }
    const found =
      match[0] === '\n' ? { piece: { type: 'break' as const }, end: at + 1 } : (bareLink(text, at) ?? marked(at));
    if (found === undefined) {
      // All of a run of the same mark, so that a long one is one step.
      let end = at + match[0].length;
      while (match[0].length === 1 && text[end] === match[0]) end += 1;
      plain += text.slice(at, end);
      at = end;
      continue;
    }
    flush();
    pieces.push(found.piece);
    at = found.end;
  }
  plain += text.slice(at);
  flush();
  return pieces;
}

function bareLink(text: string, at: number): Found | undefined {
  const match = /^https?:\/\/[^\s<>"`]+/i.exec(text.slice(at, at + 2_048));
  if (match === null) return undefined;
  let shown = match[0].replace(/[.,;:!?'*_~|]+$/, '');
  while (shown.endsWith(')') && count(shown, ')') > count(shown, '(')) shown = shown.slice(0, -1);
  while (shown.endsWith(']') && count(shown, ']') > count(shown, '[')) shown = shown.slice(0, -1);
  const href = safeHref(shown);
  if (href === undefined) return undefined;
  return { piece: { type: 'link', href, children: [{ type: 'text', text: shown }] }, end: at + shown.length };
}

function code(text: string, at: number, find: Find): Found | undefined {
  if (text[at] !== '`') return undefined;
  let fence = '`';
  while (text[at + fence.length] === '`') fence += '`';
  const from = at + fence.length;
  const close = find(fence, from);
  if (close < 0) return undefined;
  const inside = text.slice(from, close);
  const padded = inside.startsWith(' ') && inside.endsWith(' ') && inside.trim() !== '';
  return { piece: { type: 'code', text: padded ? inside.slice(1, -1) : inside }, end: close + fence.length };
}

function emphasis(text: string, at: number, find: Find, depth: number): Found | undefined {
  const mark = delimiters.find((delimiter) => text.startsWith(delimiter, at));
  if (mark === undefined || depth >= MAX_DEPTH) return undefined;
  const from = at + mark.length;
  const first = text[from];
  if (first === undefined || SPACE.test(first)) return undefined;
  // snake_case is a name and not an emphasis.
  const within = mark.startsWith('_');
  if (within && at > 0 && WORD.test(text[at - 1] ?? '')) return undefined;
  // A few candidates at most, so that a text full of marks is not read again for each.
  let close = find(mark, from);
  for (let tries = 0; close >= 0 && tries < 8; tries += 1) {
    const before: string = text[close - 1] ?? ' ';
    const after: string = text[close + mark.length] ?? ' ';
    const doubled: boolean = mark.length === 1 && (after === mark || before === mark);
    if (close > from && !doubled && !SPACE.test(before) && !(within && WORD.test(after))) {
      const children = parseInline(text.slice(from, close), depth + 1);
      return { piece: { type: kinds[mark], children }, end: close + mark.length };
    }
    close = find(mark, close + (doubled ? 2 : 1));
  }
  return undefined;
}

function link(text: string, at: number, find: Find, depth: number): Found | undefined {
  if (text[at] !== '[' || depth >= MAX_DEPTH) return undefined;
  const middle = find('](', at + 1);
  if (middle < 0) return undefined;
  const label = text.slice(at + 1, middle);
  if (label === '' || label.includes('[') || label.includes('\n\n')) return undefined;
  const target = /^([^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+"[^"]*")?\)/.exec(text.slice(middle + 2, middle + 2_050));
  const href = safeHref(target?.[1] ?? '');
  if (target === null || href === undefined) return undefined;
  const children = parseInline(label, MAX_DEPTH).flatMap((piece) => (piece.type === 'link' ? piece.children : [piece]));
  return { piece: { type: 'link', href, children }, end: middle + 2 + target[0].length };
}

const UNFINISHED_LINK = /^\[([^[\]\n]{1,500})(?:\](?:\([^\s()]*)?)?$/;

/** What will most likely be emphasis or a link when the rest has come. */
function unfinished(text: string, at: number, depth: number): Found | undefined {
  if (depth > 0) return undefined;
  const first = text[at + 2];
  if (text.startsWith('**', at) && first !== undefined && !SPACE.test(first))
    return { piece: { type: 'strong', children: parseInline(text.slice(at + 2), depth + 1) }, end: text.length };
  const label = text[at] === '[' ? UNFINISHED_LINK.exec(text.slice(at, at + 2_600))?.[1] : undefined;
  return label === undefined ? undefined : { piece: { type: 'text', text: label }, end: text.length };
}

const count = (text: string, one: string): number => text.split(one).length - 1;
