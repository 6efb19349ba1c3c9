import { randomBytes } from 'node:crypto';
import type { Reply } from '../brain/reply.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { countTokens, splitIntoTokens } from '../tokens.ts';

export type FinishReason = 'stop' | 'tool_calls' | 'length' | 'content_filter';

/** What one token adds to the answer. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly kind: 'arguments'; readonly index: number; readonly text: string };

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
  completion_tokens_details: { reasoning_tokens: number };
}

/** What all chunks of one completion have in common. */
export interface Envelope {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
  readonly service_tier: 'default';
}

/** An identifier as OpenAI's look: `chatcmpl-…`, `call_…`. */
export function newId(prefix: string): string {
  return `${prefix}${randomBytes(18).toString('base64url').replace(/[-_]/g, '0')}`;
}

/** A reply as the pieces in which it is sent. */
export function* piecesOf(reply: Reply): Generator<Piece> {
  for (const text of splitIntoTokens(reply.text)) yield { kind: 'text', text };
  for (const [index, call] of reply.toolCalls.entries()) {
    yield { kind: 'call', index, id: newId('call_'), name: call.name };
    for (const text of splitIntoTokens(call.arguments)) yield { kind: 'arguments', index, text };
  }
}

/** The reply up to the first stop sequence, which is not part of it. */
export function applyStop(reply: Reply, stop: readonly string[]): Reply {
  const ends = stop.map((sequence) => reply.text.indexOf(sequence)).filter((index) => index >= 0);
  return ends.length === 0 ? reply : { text: reply.text.slice(0, Math.min(...ends)), toolCalls: [] };
}

/** Tokens of the prompt: messages with a little overhead each, as OpenAI's counting goes, and the tools as JSON. */
export function promptTokens(request: ChatRequest): number {
  let sum = 3;
  for (const message of request.messages) {
    sum += 4 + countTokens(message.text);
    if (message.role === 'assistant') {
      for (const call of message.toolCalls) sum += countTokens(call.name) + countTokens(call.arguments);
    }
  }
  return request.tools.length === 0 ? sum : sum + countTokens(JSON.stringify(request.tools));
}

/** The usage object of a finished completion. */
export function usageOf(prompt: number, completion: number): Usage {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

type Delta = Readonly<Record<string, unknown>>;

/** The delta that a piece adds. */
export function deltaOf(piece: Piece): Delta {
  switch (piece.kind) {
    case 'text':
      return { content: piece.text };
    case 'call':
      return {
        tool_calls: [
          { index: piece.index, id: piece.id, type: 'function', function: { name: piece.name, arguments: '' } },
        ],
      };
    case 'arguments':
      return { tool_calls: [{ index: piece.index, function: { arguments: piece.text } }] };
  }
}

/** One chunk of a stream. With usage asked for, every chunk carries the field and only the last a value. */
export function chunk(
  envelope: Envelope,
  includeUsage: boolean,
  delta: Delta,
  finishReason: FinishReason | null = null,
): object {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
  return { ...envelope, object: 'chat.completion.chunk', choices, ...(includeUsage ? { usage: null } : {}) };
}

/** The last chunk of a stream with usage: no choices. */
export function usageChunk(envelope: Envelope, usage: Usage): object {
  return { ...envelope, object: 'chat.completion.chunk', choices: [], usage };
}

/** A whole completion, for requests without streaming. */
export function completion(
  envelope: Envelope,
  pieces: readonly Piece[],
  finishReason: FinishReason,
  usage: Usage,
): object {
  let text = '';
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'text') text += piece.text;
    else if (piece.kind === 'call')
      calls.push({ id: piece.id, type: 'function', function: { name: piece.name, arguments: '' } });
    else {
      const call = calls[piece.index];
      if (call !== undefined) call.function.arguments += piece.text;
    }
  }
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    ...envelope,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage,
  };
}
