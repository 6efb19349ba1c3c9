import { randomBytes } from 'node:crypto';
import type { Reply } from '../brain/replies.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { countTokens, splitIntoTokens } from '../text.ts';

/** What one token adds to the answer: to its text, or to one of its calls. */
export interface Delta {
  content?: string;
  tool_calls?: [{ index: number; id?: string; type?: 'function'; function: { name?: string; arguments: string } }];
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

export function* babble(most: number): Generator<Delta> {
  const words = ' and so the lamp said to the fern that light is only calm ,'.split(/(?= )/);
  for (let said = 0; said < most; said += 1) yield { content: words[said % words.length] ?? '' };
}

/** The message that deltas make together, for requests without streaming. */
export function messageOf(deltas: readonly Delta[]): object {
  const content = deltas.map((delta) => delta.content ?? '').join('');
  const calls = Map.groupBy(
    deltas.flatMap((delta) => delta.tool_calls ?? []),
    ({ index }) => index,
  );
  const tool_calls = [...calls.values()].map(([head, ...rest]) => {
    const whole = rest.map((part) => part.function.arguments).join('');
    return { id: head?.id, type: 'function', function: { name: head?.function.name, arguments: whole } };
  });
  if (tool_calls.length === 0) return { role: 'assistant', content, refusal: null };
  return { role: 'assistant', content: content || null, refusal: null, tool_calls };
}
