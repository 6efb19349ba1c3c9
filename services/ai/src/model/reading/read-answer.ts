import { type FinishReason, type ModelEvent, ModelFailure, type ToolCall, type Usage } from '../model.ts';
import { readChunk } from './chunk.ts';
import { looksWhole, readEnding } from './finish-reason.ts';
import { createNativeCalls } from './native-calls.ts';
import { readMessages } from './read-messages.ts';
import { createTextReader, type TextPiece } from './text-calls/read-text.ts';
import { createWellFormed } from './well-formed.ts';

/** What must be known of the endpoint to read its answer. */
export interface Reading {
  /** Names of the tools that were offered. */
  tools: readonly string[];
  /** Answers may begin with thoughts that have an end mark only. */
  held: boolean;
  /** Held-back words are thoughts when the limit cuts the answer off. */
  dropsHeld: boolean;
  /** The endpoint gives finish reasons. Undefined while that is not known. */
  saysHowItEnds: boolean | undefined;
}

/** What an answer has shown about the endpoint. */
export interface Observed {
  saysHowItEnds: boolean | undefined;
  /** The end mark of thoughts came without a begin mark. */
  loneEnd: boolean;
  thoughts: boolean;
  words: boolean;
}

/** The endpoint reports an error instead of an answer, or instead of the rest of it. */
export class ErrorInStream extends Error {
  override name = 'ErrorInStream';
  readonly reported: unknown;
  constructor(reported: unknown) {
    super('the endpoint reports an error within the stream');
    this.reported = reported;
  }
}

/** Data that is sent back with a call, unchanged. Only the client reads it. */
export interface Opaque {
  extra?: unknown;
  thoughts?: string;
}

const MAX_THOUGHTS_KEPT = 200_000;

/**
 * Reads one answer in any dialect: words, progress, calls, the finish and the usage.
 * @throws ModelFailure, ErrorInStream, and errors of the connection
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
  /** The last message had a usage and no content: some endpoints end like this. */
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
    // A model that was offered no tools has called none.
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
        // Part of a mark or of a character: progress all the same.
        if (pieces.length === 0 && chunk.words.trim() !== '') yield { type: 'progress' };
      }
      for (const call of chunk.calls) native.take(call);
      if (chunk.calls.length > 0) yield { type: 'tool_call' };
      // Some endpoints send the finish reason first and content after it.
      if (finished && (chunk.words !== '' || chunk.calls.length > 0)) afterFinish = true;
      const content = chunk.words !== '' || chunk.thoughts !== '' || chunk.calls.length > 0;
      if (chunk.usage !== undefined) usage = { usage: chunk.usage, model: chunk.model };
      closed = chunk.usage !== undefined && !content;
      if (chunk.finish !== undefined && !finished) yield* end(chunk.finish);
      else if (finished && usage !== undefined) yield* tellUsage(usage);
    }
  } catch (error) {
    // A complete answer stays complete, however the connection ends.
    if (!finished) throw error;
  }
  if (afterFinish) yield* finish('stop');
  if (finished) return;
  // An orderly end without a finish reason. It is an answer where the endpoint never gives one, or where the text looks
  // complete. Otherwise the answer was cut, and ends without a finish.
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

/** The endpoint's word, made safe for a log. */
const oneWord = (text: string) => [...text.slice(0, 40)].map((sign) => (/[\w -]/.test(sign) ? sign : '?')).join('');
