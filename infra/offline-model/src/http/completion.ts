import { randomBytes } from 'node:crypto';
import type { Reply } from '../brain/reply.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { countTokens, splitIntoTokens } from '../text.ts';

interface ToolCallDelta {
  index: number;
  id?: string;
  type?: 'function';
  function: { name?: string; arguments: string };
}
/** What one token adds to the answer. */
export interface Delta {
  content?: string;
  tool_calls?: [ToolCallDelta];
}

/** An identifier as OpenAI's look: `chatcmpl-…`, `call_…`. */
export const newId = (prefix: string): string =>
  `${prefix}${randomBytes(18).toString('base64url').replace(/[-_]/g, '0')}`;

/** Tokens of the prompt: messages with a little overhead each, as OpenAI's counting goes, and the tools as JSON. */
export function promptTokens({ messages, tools }: ChatRequest): number {
  const texts = messages.flatMap((message) => [
    message.text,
    ...(message.role === 'assistant' ? message.toolCalls.flatMap((call) => [call.name, call.arguments]) : []),
  ]);
  if (tools.length > 0) texts.push(JSON.stringify(tools));
  return texts.reduce((sum, text) => sum + countTokens(text), 3 + 4 * messages.length);
}

/** A reply as the pieces in which it is sent, up to the first stop sequence. */
export function* deltasOf({ text, toolCalls }: Reply, stop: readonly string[]): Generator<Delta> {
  const ends = stop.map((sequence) => text.indexOf(sequence)).filter((index) => index >= 0);
  for (const content of splitIntoTokens(text.slice(0, Math.min(text.length, ...ends)))) yield { content };
  if (ends.length > 0) return;
  for (const [index, { name, arguments: whole }] of toolCalls.entries()) {
    yield { tool_calls: [{ index, id: newId('call_'), type: 'function', function: { name, arguments: '' } }] };
    for (const part of splitIntoTokens(whole)) yield { tool_calls: [{ index, function: { arguments: part } }] };
  }
}

/** Endless text, a word at a time. */
export function* babble(most: number): Generator<Delta> {
  const words = ' and so the lamp said to the fern that light is only calm ,'.split(/(?= )/);
  for (let said = 0; said < most; said += 1) yield { content: words[said % words.length] ?? '' };
}

/** The message that deltas make together, for requests without streaming. */
export function messageOf(deltas: readonly Delta[]): object {
  const calls: ToolCallDelta[] = [];
  for (const { tool_calls: [part] = [] } of deltas) {
    if (part === undefined) continue;
    const call = calls[part.index];
    if (call === undefined) calls.push(structuredClone(part));
    else call.function.arguments += part.function.arguments;
  }
  const content = deltas.map((delta) => delta.content ?? '').join('');
  if (calls.length === 0) return { role: 'assistant', content, refusal: null };
  const tool_calls = calls.map(({ index: _, ...call }) => call);
  return { role: 'assistant', content: content === '' ? null : content, refusal: null, tool_calls };
}
