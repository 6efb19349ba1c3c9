import { type Inline, parseInline } from './inline.ts';

/** A piece of a text that stands by itself. */
export type Block =
  | { type: 'paragraph'; children: Inline[] }
  | { type: 'heading'; level: number; children: Inline[] }
  | { type: 'code'; language: string; text: string }
  | { type: 'quote'; blocks: Block[] }
  | { type: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { type: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { type: 'rule' };

export interface Reading {
  /** The text is still being written: what was opened and not yet closed counts as closed at its end. */
  growing?: boolean;
}

/** Lists and quotes within each other deeper than this are paragraphs. */
const MAX_DEPTH = 5;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*)$/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^ {0,3}(?:[-*+•]|(\d{1,9})[.)])\s+/;
const INDENTED = /^(?: {2}|\t)\s*\S/;
const TABLE_LINE = /^ {0,3}\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$/;

/** Reads the part of Markdown that chats use. Time grows with the length of the text, whatever it is. */
export function parseBlocks(text: string, reading: Reading = {}): Block[] {
  return read(text.replace(/\r\n?/g, '\n').split('\n'), reading, 0);
}

function read(lines: readonly string[], reading: Reading, depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if (isBlank(lines[at])) {
      at += 1;
      continue;
    }
    const { block, end } =
      fencedCode(lines, at) ??
      oneLine(lines, at, reading) ??
      table(lines, at, reading) ??
      (depth < MAX_DEPTH ? (quote(lines, at, reading, depth) ?? list(lines, at, reading, depth)) : undefined) ??
      paragraph(lines, at, reading, depth);
    blocks.push(block);
    at = end;
  }
  return blocks;
}

interface Found {
  block: Block;
  /** The line after it. */
  end: number;
}

const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === '';

function whileTrue(lines: readonly string[], from: number, belongs: (line: string, at: number) => boolean): number {
  let end = from;
  while (end < lines.length && belongs(lines[end] ?? '', end)) end += 1;
  return end;
}

function fencedCode(lines: readonly string[], at: number): Found | undefined {
  const [, fence, language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
  if (fence === undefined) return undefined;
  const last = whileTrue(lines, at + 1, (line) => !line.trimStart().startsWith(fence));
  return { block: { type: 'code', language, text: lines.slice(at + 1, last).join('\n') }, end: last + 1 };
}

function oneLine(lines: readonly string[], at: number, { growing }: Reading): Found | undefined {
  const line = lines[at] ?? '';
  if (RULE.test(line)) return { block: { type: 'rule' }, end: at + 1 };
  const [, marks, words = ''] = HEADING.exec(line) ?? [];
  if (marks === undefined) return undefined;
  const children = parseInline(words.trimEnd().replace(/\s#+$/, ''), 0, growing);
  return { block: { type: 'heading', level: marks.length, children }, end: at + 1 };
}

function table(lines: readonly string[], at: number, { growing }: Reading): Found | undefined {
  const first = lines[at] ?? '';
  if (!first.includes('|') || !TABLE_LINE.test(lines[at + 1] ?? '')) return undefined;
  const head = cells(first).map((cell) => parseInline(cell, 0, growing));
  const end = whileTrue(lines, at + 2, (line) => line.includes('|'));
  const rows = lines.slice(at + 2, end).map((line) => {
    const own = cells(line);
    return head.map((_, column) => parseInline(own[column] ?? '', 0, growing));
  });
  return { block: { type: 'table', head, rows }, end };
}

function cells(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => cell.trim());
}

function quote(lines: readonly string[], at: number, reading: Reading, depth: number): Found | undefined {
  const end = whileTrue(lines, at, (line) => QUOTE.test(line));
  if (end === at) return undefined;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''));
  return { block: { type: 'quote', blocks: read(inner, reading, depth + 1) }, end };
}

/** Items of one kind (with bullets, or with numbers), each with the indented lines below it. */
function list(lines: readonly string[], from: number, reading: Reading, depth: number): Found | undefined {
  const begin = ITEM.exec(lines[from] ?? '');
  if (begin === null) return undefined;
  const ordered = begin[1] !== undefined;
  const items: Block[][] = [];
  let at = from;
  for (;;) {
    const line = lines[at] ?? '';
    const match = ITEM.exec(line);
    if (match === null || (match[1] !== undefined) !== ordered) break;
    const end = whileTrue(
      lines,
      at + 1,
      (later, index) => INDENTED.test(later) || (isBlank(later) && INDENTED.test(lines[index + 1] ?? '')),
    );
    const below = lines.slice(at + 1, end).map((later) => later.replace(/^(?:\t| {2,4})/, ''));
    items.push(read([line.slice(match[0].length), ...below], reading, depth + 1));
    // Items may stand apart.
    at = isBlank(lines[end]) && ITEM.test(lines[end + 1] ?? '') ? end + 1 : end;
  }
  return { block: { type: 'list', ordered, start: Number(begin[1] ?? 1), items }, end: at };
}

function paragraph(lines: readonly string[], from: number, { growing }: Reading, depth: number): Found {
  const end = whileTrue(lines, from + 1, (line) => !isBlank(line) && !interrupts(line, depth));
  const text = lines
    .slice(from, end)
    .map((line) => line.trim())
    .join('\n');
  return { block: { type: 'paragraph', children: parseInline(text, 0, growing) }, end };
}

/** What begins something else in the middle of a paragraph. A number does only as the first: years end lines, too. */
function interrupts(line: string, depth: number): boolean {
  if (FENCE.test(line) || HEADING.test(line) || RULE.test(line)) return true;
  if (depth >= MAX_DEPTH) return false;
  const item = ITEM.exec(line);
  return QUOTE.test(line) || (item !== null && (item[1] === undefined || item[1] === '1'));
}
