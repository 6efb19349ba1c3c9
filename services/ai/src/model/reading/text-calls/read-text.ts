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

/** What a piece of content was, without the text of thoughts and calls. `afresh`: all words before were thoughts. */
export type TextPiece = { type: 'words'; text: string; afresh?: true } | { type: 'thought' } | { type: 'call' };

type Mode =
  | { in: 'words' }
  | { in: 'thought' | 'call' | 'header'; find: (text: string) => FoundMark; body: string }
  | { in: 'bare'; body: string; feed: (text: string) => number | undefined }
  | { in: 'over' };

/** A longer section is not a call. */
const MAX_BODY = 64_000;

const inWords = [
  ...[...CALLS, ...THOUGHTS, ...HEADERS].map(({ open }) => open),
  ...LONE_ENDS,
  ...NOISE,
  ...OTHERS_TURNS,
];
const findInWords = createMarkFinder(inWords);
const findAtFirst = createMarkFinder([...inWords, ...THOUGHTS_AT_FIRST.map(({ open }) => open)]);
const sections = new Map(
  [
    ...CALLS.map((section) => ({ ...section, in: 'call' as const })),
    ...[...THOUGHTS, ...THOUGHTS_AT_FIRST].map((section) => ({ ...section, in: 'thought' as const })),
    ...HEADERS.map((section) => ({ ...section, in: 'header' as const })),
  ].map((section) => [section.open, { ...section, find: createMarkFinder(section.close) }]),
);
const findPartEnd = createMarkFinder(PART_ENDS);

/**
 * Splits the content of an answer, which comes in pieces, into words for the customer, thoughts and tool calls. Words
 * are released only when they can no longer be a thought or a call. Takes linear time.
 *
 * `tools`: the names of the offered tools. `held`: the model may begin with thoughts that have an end mark only, so
 * words are held back until that mark, or until the end.
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
  /** The first mark of `pending`, and how long the text from it to the end is; undefined when text was added since. */
  let searched: { find: typeof findInWords; mark: string | undefined; rest: string; length: number } | undefined;

  /**
   * Until more text comes, `pending` only loses what is before its first mark. So a text with thousands of calls and no
   * mark is searched once, not once for each call.
   */
  const findMark = (): FoundMark => {
    const find = said ? findInWords : findAtFirst;
    if (searched?.find === find && searched.length <= pending.length)
      return { ...searched, before: pending.slice(0, pending.length - searched.length) };
    const found = find(pending);
    searched = { find, mark: found.mark, rest: found.rest, length: pending.length - found.before.length };
    return found;
  };

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
    const { before, mark, rest } = findMark();
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
    const section = sections.get(mark);
    if (section !== undefined) {
      if (section.in === 'thought') {
        seen.thoughts = true;
        release();
        out.push({ type: 'thought' });
      }
      mode = { in: section.in, find: section.find, body: section.keepsMark ? mark : '' };
    } else if (LONE_ENDS.includes(mark)) loneEnd();
    else if (OTHERS_TURNS.includes(mark)) mode = { in: 'over' };
    return true;
  };

  const stepSection = (section: Extract<Mode, { find: unknown }>): boolean => {
    const { before, mark, rest } = section.find(pending);
    if (section.in !== 'thought') section.body += before;
    if (before !== '') out.push({ type: section.in === 'thought' ? 'thought' : 'call' });
    pending = rest;
    if (section.body.length > MAX_BODY) mode = { in: 'over' };
    if (mark === undefined) return false;
    if (section.in === 'call') finishCall(section.body);
    else if (section.in === 'header') mode = afterHeader(section.body, mark);
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
    // It may still turn out to be words.
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
      } else more = stepSection(mode);
    }
  };
  const take = (): TextPiece[] => {
    const pieces = out;
    out = [];
    return pieces;
  };

  return {
    seen: seen as Readonly<typeof seen>,
    /** Words that are held back, because they may be thoughts. */
    get heldBack() {
      return heldBack;
    },
    push(text: string): TextPiece[] {
      pending += text;
      searched = undefined;
      run();
      return take();
    },
    /** Thoughts have come in a field of their own, so the content has none. */
    release(): TextPiece[] {
      release();
      return take();
    },
    /** The answer is over. The rest is read as what it looks like; held-back words are dropped on request. */
    end(dropsHeld = false): { pieces: TextPiece[]; calls: readonly WrittenCall[] } {
      if (mode.in === 'call') finishCall(mode.body + pending);
      else if (mode.in === 'bare') endBare(mode.body + pending);
      // The beginning of a mark is dropped, unless it is so short that it may be anything.
      else if (mode.in === 'words' && (pending.length <= 2 || judgeRest(pending))) say(pending);
      pending = '';
      if (dropsHeld && holding) heldBack = '';
      release();
      return { pieces: take(), calls };
    },
  };

  /** Whether the rest, held back as the beginning of a mark, is words after all. */
  function judgeRest(text: string): boolean {
    return !inWords.some((mark) => mark.startsWith(text));
  }
}

/**
 * Where a bare call may begin in `text`: at the beginning of a line, or at a brace, as some models write it right after
 * their words. `isOver`: a mark follows, so nothing more can decide it.
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
    // Space before a call does not belong to it.
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
