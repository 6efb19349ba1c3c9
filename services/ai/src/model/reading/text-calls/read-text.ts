import { createBalance, judge } from './bare-call.ts';
import { readCalls } from './call-body.ts';
import {
  CALLS,
  HEADERS,
  LONE_ENDS,
  NOISE,
  OTHERS_TURNS,
  PART_ENDS,
  THOUGHTS,
  THOUGHTS_AT_FIRST,
} from './call-forms.ts';
import { createMarkFinder, type FoundMark } from './marks.ts';
import type { WrittenCall } from './tagged-calls.ts';

/** What a piece of content was. Of thoughts and calls only that they came; `afresh`: all words before were thoughts. */
export type TextPiece = { type: 'words'; text: string; afresh?: true } | { type: 'thought' } | { type: 'call' };

type Mode =
  | { in: 'words' }
  | { in: 'thought' | 'call' | 'header'; find: (text: string) => FoundMark; body: string }
  | { in: 'bare'; body: string; feed: (text: string) => number | undefined }
  | { in: 'over' };

/** A call that is longer is none. */
const MAX_BODY = 64_000;

const inWords = [
  ...[...CALLS, ...THOUGHTS, ...HEADERS].map(({ open }) => open),
  ...LONE_ENDS,
  ...NOISE,
  ...OTHERS_TURNS,
];
const findInWords = createMarkFinder(inWords);
const findAtFirst = createMarkFinder([...inWords, ...THOUGHTS_AT_FIRST.map(({ open }) => open)]);
const stretches = new Map(
  [
    ...CALLS.map((stretch) => ({ ...stretch, in: 'call' as const })),
    ...[...THOUGHTS, ...THOUGHTS_AT_FIRST].map((stretch) => ({ ...stretch, in: 'thought' as const })),
    ...HEADERS.map((stretch) => ({ ...stretch, in: 'header' as const })),
  ].map((stretch) => [stretch.open, { ...stretch, find: createMarkFinder(stretch.close) }]),
);
const findPartEnd = createMarkFinder(PART_ENDS);

/**
 * Parts the content of an answer, which comes in pieces, into words for the customer, thoughts and tool calls. Nothing
 * that may still turn out to be a thought or a call is given as words. Takes time in proportion to the text.
 *
 * `tools`: the names of those that were offered. `held`: the model may begin with thoughts that only their end tells from
 * words, so words are held back until that end, or the end of all.
 */
export function createTextReader({ tools, held }: { tools: readonly string[]; held: boolean }) {
  let mode: Mode = { in: 'words' };
  let pending = '';
  let calls: WrittenCall[] = [];
  /** At the beginning of a line, where a bare call may stand; right after a call; before any word. */
  let atLine = true;
  let afterCall = false;
  let said = false;
  let holding = held;
  let heldBack = '';
  const seen: { thoughts: boolean; loneEnd: boolean } = { thoughts: false, loneEnd: false };
  let out: TextPiece[] = [];

  const say = (text: string) => {
    const words = said ? text : text.trimStart();
    if (text !== '') {
      const line = text.slice(text.lastIndexOf('\n') + 1);
      atLine = line.trim() === '' && (atLine || text.includes('\n'));
    }
    if (words === '') return;
    said = true;
    if (holding) {
      heldBack += words;
      out.push({ type: 'thought' });
    } else out.push({ type: 'words', text: words });
  };
  const release = () => {
    if (!holding) return;
    holding = false;
    if (heldBack !== '') out.push({ type: 'words', text: heldBack });
    heldBack = '';
  };
  /** All words so far were thoughts. */
  const loneEnd = () => {
    if (seen.thoughts) return;
    seen.loneEnd = true;
    calls = [];
    atLine = true;
    if (said && !holding) out.push({ type: 'words', text: '', afresh: true });
    said = false;
    holding = false;
    heldBack = '';
  };
  const finishCall = (body: string) => {
    const found = readCalls(body, tools);
    if (found.length > 0 || body.trim() === '') calls.push(...found);
    else calls.push({ name: 'unknown', arguments: '' });
    atLine = afterCall = true;
    mode = { in: 'words' };
  };

  const stepWords = (): boolean => {
    if (afterCall) {
      pending = pending.replace(/^[\s;,`]+/, '');
      afterCall = pending === '';
    }
    const { before, mark, rest } = (said ? findInWords : findAtFirst)(pending);
    const bare = tools.length > 0 ? findBare(before, atLine, tools, mark !== undefined) : undefined;
    if (bare !== undefined) {
      say(before.slice(0, bare.at));
      pending = pending.slice(bare.at);
      if (bare.verdict === 'maybe') return false;
      mode = { in: 'bare', body: '', feed: createBalance().feed };
      return true;
    }
    say(before);
    pending = rest;
    if (mark === undefined) return false;
    const stretch = stretches.get(mark);
    if (stretch !== undefined) {
      if (stretch.in === 'thought') {
        seen.thoughts = true;
        release();
        out.push({ type: 'thought' });
      }
      mode = { in: stretch.in, find: stretch.find, body: stretch.keepsMark ? mark : '' };
    } else if (LONE_ENDS.includes(mark)) loneEnd();
    else if (OTHERS_TURNS.includes(mark)) mode = { in: 'over' };
    return true;
  };

  const stepStretch = (stretch: Extract<Mode, { find: unknown }>): boolean => {
    const { before, mark, rest } = stretch.find(pending);
    if (stretch.in !== 'thought') stretch.body += before;
    if (before !== '') out.push({ type: stretch.in === 'thought' ? 'thought' : 'call' });
    pending = rest;
    if (stretch.body.length > MAX_BODY) mode = { in: 'over' };
    if (mark === undefined) return false;
    if (stretch.in === 'call') finishCall(stretch.body);
    else if (stretch.in === 'header') mode = afterHeader(stretch.body, mark);
    else {
      atLine = true;
      mode = { in: 'words' };
    }
    return true;
  };

  const afterHeader = (header: string, mark: string): Mode => {
    const isThought = header.trimStart().startsWith('analysis');
    const to = header.indexOf('to=');
    const recipient = to >= 0 ? header.slice(to + 3).trim() : mark === '<|content|>' ? header.trim() : 'all';
    if (isThought) seen.thoughts = true;
    if (isThought) return { in: 'thought', find: findPartEnd, body: '' };
    if (recipient === 'all' || recipient === '') return { in: 'words' };
    return { in: 'call', find: findPartEnd, body: `${recipient.split(/[\s<]/, 1)[0]} ` };
  };

  const stepBare = (bare: Extract<Mode, { in: 'bare' }>): boolean => {
    if (pending === '') return false;
    const end = bare.feed(pending);
    bare.body += pending;
    pending = '';
    // It may be words yet.
    out.push({ type: 'thought' });
    if (end === undefined && bare.body.length <= MAX_BODY) return false;
    pending = end === undefined ? '' : bare.body.slice(end);
    endBare(bare.body.slice(0, end));
    return true;
  };
  const endBare = (body: string) => {
    const isCall = readCalls(body, tools).some(({ name }) => tools.includes(name));
    if (isCall) return finishCall(body);
    mode = { in: 'words' };
    say(body);
    atLine = false;
  };

  const run = () => {
    for (let more = true; more; ) {
      if (mode.in === 'words') more = stepWords();
      else if (mode.in === 'bare') more = stepBare(mode);
      else if (mode.in === 'over') {
        pending = '';
        more = false;
      } else more = stepStretch(mode);
    }
  };
  const take = (): TextPiece[] => {
    const pieces = out;
    out = [];
    return pieces;
  };

  return {
    seen: seen as Readonly<typeof seen>,
    /** Words that are held back, as they may be thoughts. */
    get heldBack() {
      return heldBack;
    },
    push(text: string): TextPiece[] {
      pending += text;
      run();
      return take();
    },
    /** The thoughts have come apart from the content: its words are words. */
    release(): TextPiece[] {
      release();
      return take();
    },
    /** No more will come. What is left is what it looks like, or dropped where it was held back. */
    end(dropsHeld = false): { pieces: TextPiece[]; calls: readonly WrittenCall[] } {
      if (mode.in === 'call') finishCall(mode.body + pending);
      else if (mode.in === 'bare') endBare(mode.body + pending);
      // The beginning of a mark, unless it is so short that it may be anything.
      else if (mode.in === 'words' && (pending.length <= 2 || judgeRest(pending))) say(pending);
      pending = '';
      if (dropsHeld && holding) heldBack = '';
      release();
      return { pieces: take(), calls };
    },
  };

  /** What was held back in the words' place for a bare call that did not come. */
  function judgeRest(text: string): boolean {
    return !inWords.some((mark) => mark.startsWith(text));
  }
}

/**
 * Where a bare call may begin in `text`: at the beginning of a line, or at a brace, as some write it right behind their
 * words. What is followed by a mark can only be what it is by now.
 */
function findBare(
  text: string,
  atLine: boolean,
  tools: readonly string[],
  isOver: boolean,
): { at: number; verdict: 'call' | 'maybe' } | undefined {
  let line = atLine ? 0 : nextLine(text, 0);
  let brace = text.indexOf('{');
  while (line >= 0 || brace >= 0) {
    // Space that may stand before a call is no part of it.
    const word = line < 0 ? text.length : text.length - text.slice(line).trimStart().length;
    const at = brace >= 0 && brace < word ? brace : word;
    if (at >= text.length) return undefined;
    const verdict = judge(text.slice(at), tools);
    if (verdict === 'call' || (verdict === 'maybe' && !isOver)) return { at, verdict };
    if (at === word) line = nextLine(text, at);
    if (at === brace) brace = text.indexOf('{', at + 1);
  }
  return undefined;
}

function nextLine(text: string, from: number): number {
  const line = text.indexOf('\n', from);
  return line < 0 ? -1 : line + 1;
}
