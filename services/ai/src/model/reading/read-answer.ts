import { type FinishReason, type ModelEvent, ModelFailure, type ToolCall, type Usage } from '../model.ts';
import { readChunk } from './chunk.ts';
import { looksWhole, readEnding } from './finish-reason.ts';
import { createNativeCalls } from './native-calls.ts';
import { readMessages } from './read-messages.ts';
import { createTextReader, type TextPiece } from './text-calls/read-text.ts';
import { createWellFormed } from './well-formed.ts';

/** What is known of the endpoint and needed to read its answer. */
export interface Reading {
  /** Names of the tools that were offered. */
  tools: readonly string[];
  /** Its answers may begin with thoughts that only their end tells from words. */
  held: boolean;
  /** What was held back until the limit cut it off was thought. */
  dropsHeld: boolean;
  /** It says how an answer ended. Undefined while that is not known. */
  saysHowItEnds: boolean | undefined;
}

/** What an answer has shown of the endpoint. */
export interface Observed {
  saysHowItEnds: boolean | undefined;
  /** Its thoughts ended without having begun. */
  loneEnd: boolean;
  thoughts: boolean;
  words: boolean;
}

/** The endpoint reports an error in the place of an answer, or of the rest of it. */
export class ErrorInStream extends Error {
  override name = 'ErrorInStream';
  readonly reported: unknown;
  constructor(reported: unknown) {
    super('the endpoint reports an error within the stream');
    this.reported = reported;
  }
}

/** What belongs to a call and is given back with it as it came. Only the driver looks into it. */
export interface Opaque {
  extra?: unknown;
  thoughts?: string;
}

const MAX_THOUGHTS_KEPT = 200_000;

/**
 * Reads one answer of any dialect: words, signs of life, calls, how it ended and what it cost.
 * @throws ModelFailure, ErrorInStream, and whatever the connection throws
 */
export async function* readAnswer(
  body: ReadableStream<Uint8Array>,
  reading: Reading,
  observed: Observed,
): AsyncGenerator<ModelEvent> {
  const wellFormed = createWellFormed();
  const text = createTextReader({ tools: reading.tools, held: reading.held });
  const native = createNativeCalls(reading.tools);
  let written: readonly { name: string; arguments: string }[] = [];
  let words = '';
  let thoughts = '';
  let usage: { usage: Usage; model: string } | undefined;
  let usageTold = false;
  /** Counts that came by themselves, after the words: some endpoints end so. */
  let closed = false;
  let finished = false;
  let afterFinish = false;

  function* tell(pieces: readonly TextPiece[]): Generator<ModelEvent> {
    for (const piece of pieces) {
      if (piece.type === 'thought') yield { type: 'progress' };
      else if (piece.type === 'call') yield { type: 'tool_call' };
      else {
        words = piece.afresh ? piece.text : words + piece.text;
        yield piece.afresh ? { type: 'text', text: piece.text, afresh: true } : { type: 'text', text: piece.text };
      }
    }
  }
  const calls = (): ToolCall[] => {
    const own = native.all();
    const ids = new Set(own.map(({ id }) => id));
    const asText = written.map((call, position) => {
      let id = `text_${position}`;
      while (ids.has(id)) id += '_';
      return { id, ...call };
    });
    const [first, ...rest] = [...own, ...asText];
    if (first === undefined) return [];
    return [withOpaque(first, thoughts), ...rest.map((call) => withOpaque(call, ''))];
  };
  function* finish(reason: FinishReason): Generator<ModelEvent> {
    const { pieces, calls: found } = text.end(reason === 'length' && reading.dropsHeld);
    // Who was offered none has called none, whatever it looks like.
    written = reading.tools.length > 0 ? found : [];
    yield* tell(pieces);
    finished = true;
    afterFinish = false;
    observed.words ||= words !== '';
    observed.loneEnd ||= text.seen.loneEnd;
    observed.thoughts ||= text.seen.thoughts || text.seen.loneEnd || thoughts !== '';
    const toolCalls = calls();
    yield { type: 'finish', reason: reason === 'stop' && toolCalls.length > 0 ? 'tool_calls' : reason, toolCalls };
    if (usage !== undefined) yield* tellUsage(usage);
  }
  function* tellUsage(told: { usage: Usage; model: string }): Generator<ModelEvent> {
    if (usageTold) return;
    usageTold = true;
    yield { type: 'usage', ...told };
  }
  function* end(reason: string): Generator<ModelEvent> {
    const ending = readEnding(reason);
    const something = () => native.begun || looksWhole(words + text.heldBack);
    if (ending === 'failed' || (ending === 'unclear' && !something()))
      throw new ModelFailure('cut_off', { detail: `the endpoint says: ${oneWord(reason)}` });
    observed.saysHowItEnds = true;
    yield* finish(ending === 'unclear' ? 'stop' : ending);
  }

  try {
    for await (const message of readMessages(body)) {
      if (message.kind === 'done') {
        if (!finished) {
          observed.saysHowItEnds ??= false;
          yield* finish('stop');
        } else if (afterFinish) yield* finish('stop');
        return;
      }
      const chunk = readChunk(message.value);
      if (chunk.error !== undefined) throw new ErrorInStream(chunk.error);
      if (chunk.thoughts !== '') {
        if (thoughts.length < MAX_THOUGHTS_KEPT) thoughts += chunk.thoughts;
        yield* tell(text.release());
        yield { type: 'progress' };
      }
      if (chunk.words !== '') {
        const pieces = text.push(wellFormed(chunk.words));
        yield* tell(pieces);
        // It is a part of a mark, or of a character: a sign of life all the same.
        if (pieces.length === 0 && chunk.words.trim() !== '') yield { type: 'progress' };
      }
      for (const call of chunk.calls) native.take(call);
      if (chunk.calls.length > 0) yield { type: 'tool_call' };
      // Some give the reason first, and what it is about afterwards.
      if (finished && (chunk.words !== '' || chunk.calls.length > 0)) afterFinish = true;
      const content = chunk.words !== '' || chunk.thoughts !== '' || chunk.calls.length > 0;
      if (chunk.usage !== undefined) usage = { usage: chunk.usage, model: chunk.model };
      closed = chunk.usage !== undefined && !content;
      if (chunk.finish !== undefined && !finished) yield* end(chunk.finish);
      else if (finished && usage !== undefined) yield* tellUsage(usage);
    }
  } catch (error) {
    // An answer that is complete stays so, however the connection ends.
    if (!finished) throw error;
  }
  if (afterFinish) yield* finish('stop');
  if (finished) return;
  // The end in good order, and not a word of how: an answer where the endpoint never says, or where nothing seems to
  // be missing. Else it is not whole, and ends without a finish.
  const isWhole =
    reading.saysHowItEnds === false ||
    (reading.saysHowItEnds === undefined && (closed || looksWhole(words + text.heldBack)));
  if (isWhole && (words !== '' || text.heldBack !== '' || native.begun)) {
    observed.saysHowItEnds ??= false;
    yield* finish('stop');
  }
}

function withOpaque(call: ToolCall, thoughts: string): ToolCall {
  const opaque: Opaque = {
    ...(call.opaque !== undefined && { extra: call.opaque }),
    ...(thoughts !== '' && { thoughts }),
  };
  return Object.keys(opaque).length === 0 ? call : { ...call, opaque };
}

/** A word of the endpoint's own, made safe for a log. */
const oneWord = (text: string) => [...text.slice(0, 40)].map((sign) => (/[\w -]/.test(sign) ? sign : '?')).join('');
