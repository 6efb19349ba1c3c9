import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Reply } from '../brain/reply.ts';
import type { ChosenBehaviour } from '../faults/behaviours.ts';
import type { Outcome } from '../faults/control.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { countTokens } from '../text.ts';
import { serverError } from './api-error.ts';
import { babble, type Delta, deltasOf, messageOf, newId, promptTokens } from './completion.ts';

/** How fast a reply comes; 0 ms a token means as fast as the connection takes them. */
export interface Pace {
  readonly msPerToken: number;
  readonly firstTokenMs: number;
}

/** An answer without streaming takes as long as a stream would, but nobody watches it grow: at most this. */
const MOST_MS_UNSEEN = 1000;
/** A connection that breaks takes unread bytes with it: so long the client has to read them. */
const READING_MS = 30;
/** However fast it is told to be, endless talk must not fill the memory of both ends. */
const BABBLE_MS_PER_TOKEN = 2;

/** Sends a whole JSON response. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Resolves when the signal fires: for behaviours that do nothing until the client leaves. */
export async function untilAborted(signal: AbortSignal): Promise<'client left'> {
  if (!signal.aborted) await once(signal, 'abort');
  return 'client left';
}

/** What is sent of a reply under a behaviour, and the reason that is given for its end. */
function cutTo({ maxTokens = Infinity, stop }: ChatRequest, reply: Reply, behaviour: ChosenBehaviour) {
  if (behaviour.says === 'no end') return { deltas: babble(maxTokens), finishReason: 'length' };
  const whole = [...deltasOf(reply, stop)];
  const deltas = whole.slice(0, maxTokens);
  const usual = whole.some(({ tool_calls }) => tool_calls) ? 'tool_calls' : 'stop';
  return {
    deltas: behaviour.midStream === undefined ? deltas : deltas.slice(0, Math.ceil(deltas.length / 2)),
    finishReason: behaviour.finishReason ?? (whole.length > maxTokens ? 'length' : usual),
  };
}

function paceOf({ name, says, number }: ChosenBehaviour, { stream }: ChatRequest, tokens: number, usual: Pace): Pace {
  if (name.startsWith('slow-first-token')) return { ...usual, firstTokenMs: number };
  if (name.startsWith('slow-tokens')) return { ...usual, msPerToken: number };
  if (says === 'no end') return { ...usual, msPerToken: Math.max(usual.msPerToken, BABBLE_MS_PER_TOKEN) };
  return stream ? usual : { ...usual, msPerToken: Math.min(usual.msPerToken, MOST_MS_UNSEEN / tokens) };
}

/**
 * Sends a reply the way the request asked for, at the model's pace, with the misbehaviour chosen.
 * @throws AbortError when the client leaves; ApiError when the reply turns into an error before it began
 */
export async function deliver(
  response: ServerResponse,
  request: ChatRequest,
  reply: Reply,
  behaviour: ChosenBehaviour,
  usualPace: Pace,
  system_fingerprint: string,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; finishReason?: string }> {
  const { midStream } = behaviour;
  const { deltas, finishReason } = cutTo(request, reply, behaviour);
  const { firstTokenMs, msPerToken } = paceOf(behaviour, request, countTokens(reply.text), usualPace);
  const created = Math.floor(Date.now() / 1000);
  const envelope = { id: newId('chatcmpl-'), created, model: request.model, system_fingerprint };
  const send = async (data: string): Promise<void> => {
    if (!response.write(`data: ${data}\n\n`)) await once(response, 'drain', { signal });
  };
  /** With usage asked for, every chunk carries the field and only the last a value. */
  const chunk = (choices: object[], usage: object | null = null): string =>
    JSON.stringify({ ...envelope, object: 'chat.completion.chunk', choices, ...(request.includeUsage && { usage }) });
  const sendDelta = async (delta: object, finish_reason: string | null = null): Promise<void> => {
    if (request.stream) await send(chunk([{ index: 0, delta, logprobs: null, finish_reason }]));
  };

  if (request.stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    response.flushHeaders();
  }
  const sent: Delta[] = [];
  let due = performance.now() + firstTokenMs;
  const untilDue = async () => {
    const waitMs = due - performance.now();
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
    signal.throwIfAborted();
  };
  for (const delta of deltas) {
    await untilDue();
    if (sent.length === 0)
      await sendDelta({ role: 'assistant', content: delta.content === undefined ? null : '', refusal: null });
    await sendDelta(delta);
    sent.push(delta);
    due += msPerToken;
  }
  // A whole answer is there when its last token has had its time.
  if (!request.stream) await untilDue();
  if (sent.length === 0) await sendDelta({ role: 'assistant', content: '', refusal: null });
  const prompt_tokens = promptTokens(request);
  const usage = { prompt_tokens, completion_tokens: sent.length, total_tokens: prompt_tokens + sent.length };
  const choices = [{ index: 0, message: messageOf(sent), logprobs: null, finish_reason: finishReason }];
  const whole = { ...envelope, object: 'chat.completion', choices, usage };

  if (midStream === undefined) {
    if (!request.stream) sendJson(response, 200, whole);
    else {
      await sendDelta({}, finishReason);
      if (request.includeUsage) await send(chunk([], usage));
      await send('[DONE]');
      response.end();
    }
    return { outcome: 'finished', finishReason };
  }
  if (!request.stream && midStream === 'error') throw serverError();
  if (!request.stream)
    response.writeHead(200, { 'content-type': 'application/json' }).write(JSON.stringify(whole).slice(0, 100));
  if (midStream === 'stall') return { outcome: await untilAborted(signal) };
  if (midStream === 'error') await send(JSON.stringify(serverError().body));
  if (midStream === 'cut') await setTimeout(READING_MS, undefined, { signal });
  if (midStream === 'cut') response.destroy();
  else response.end();
  return { outcome: 'broken off' };
}
