import { withBareLinks } from './bare-links.ts';
import type { Block, Inline } from './tree.ts';

const FENCE = /^ {0,3}(`{3,}|~{3,})((?:[^`~][^`]*)?)$/;
const WORD = /[\p{L}\p{N}]/u;

/**
 * What people write without a thought of Markdown: its addresses are links, its `code` and fenced code is code, its
 * line breaks stay, and everything else is as it was typed. Time grows with the length of the text, whatever it is.
 */
export function readPeople(text: string): Block[] {
  const blocks: Block[] = [];
  let words: string[] = [];
  let code: { fence: string; language: string; lines: string[] } | undefined;
  const endWords = (): void => {
    if (words.some((line) => line.trim() !== ''))
      blocks.push({ type: 'paragraph', tight: false, children: wordsAndCode(words.join('\n')) });
    words = [];
  };
  const endCode = (): void => {
    if (code !== undefined) blocks.push({ type: 'code', language: code.language, text: code.lines.join('\n') });
    code = undefined;
  };
  for (const line of text.split(/\r\n?|\n/)) {
    if (code !== undefined) {
      if (line.trim().startsWith(code.fence)) endCode();
      else code.lines.push(line);
      continue;
    }
    const [, fence, about = ''] = FENCE.exec(line) ?? [];
    if (fence === undefined) words.push(line);
    else {
      endWords();
      code = { fence, language: about.trim().split(/\s/)[0] ?? '', lines: [] };
    }
  }
  endCode();
  endWords();
  return blocks;
}

function wordsAndCode(text: string): Inline[] {
  const pieces: Inline[] = [];
  let done = 0;
  let lineEnd = -1;
  /** Lengths of runs of marks that are not closed on this line. */
  const open = new Set<number>();
  for (let at = text.indexOf('`'); at >= 0; at = text.indexOf('`', at)) {
    if (at > lineEnd) {
      lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) lineEnd = text.length;
      open.clear();
    }
    let from = at;
    while (text[from] === '`') from += 1;
    const mark = from - at;
    const close = open.has(mark) ? -1 : closing(text, from, lineEnd, mark);
    if (close < 0) open.add(mark);
    // Some write an apostrophe so.
    if (close < 0 || WORD.test(text[at - 1] ?? ' ') || WORD.test(text[close + mark] ?? ' ')) {
      at = from;
      continue;
    }
    pieces.push(...withBareLinks(text.slice(done, at)), { type: 'code', text: text.slice(from, close).trim() });
    done = close + mark;
    at = done;
  }
  return [...pieces, ...withBareLinks(text.slice(done))];
}

/** Where a run of exactly so many marks begins, before the end of the line. */
function closing(text: string, from: number, lineEnd: number, length: number): number {
  let at = text.indexOf('`', from);
  while (at >= 0 && at < lineEnd) {
    let end = at;
    while (text[end] === '`') end += 1;
    if (end - at === length) return text.slice(from, at).trim() === '' ? -1 : at;
    at = text.indexOf('`', end);
  }
  return -1;
}
