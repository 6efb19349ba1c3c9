import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Reply } from '../brain/replies.ts';
import type { ChosenBehaviour } from '../faults/behaviours.ts';
import type { Outcome } from '../faults/control.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { serverError } from './api-error.ts';
import { babble, deltasOf, messageOf, newId, promptTokens } from './completion.ts';

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

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Resolves when the signal fires: for behaviours that do nothing until the client leaves. */
export async function untilAborted(signal: AbortSignal): Promise<'clientLeft'> {
  if (!signal.aborted) await once(signal, 'abort');
  return 'clientLeft';
}

/** What is sent of a reply under a behaviour, how many tokens that is, and the reason that is given for its end. */
function cutTo({ maxTokens = Infinity, stop }: ChatRequest, reply: Reply, behaviour: ChosenBehaviour) {
  if (behaviour.says === 'no end') return { deltas: babble(maxTokens), tokens: maxTokens, finishReason: 'length' };
  const whole = [...deltasOf(reply, stop)];
  const most = Math.min(whole.length, maxTokens);
  const tokens = behaviour.midStream === undefined ? most : Math.ceil(most / 2);
  const usual = whole.some(({ tool_calls }) => tool_calls) ? 'tool_calls' : 'stop';
  const finishReason = behaviour.finishReason ?? (whole.length > maxTokens ? 'length' : usual);
  return { deltas: whole.slice(0, tokens), tokens, finishReason };
}

function paceOf({ name, says, number }: ChosenBehaviour, usual: Pace): Pace {
  if (name.startsWith('slow-first-token')) return { ...usual, firstTokenMs: number };
  if (name.startsWith('slow-tokens')) return { ...usual, msPerToken: number };
  return says === 'no end' ? { ...usual, msPerToken: Math.max(usual.msPerToken, BABBLE_MS_PER_TOKEN) } : usual;
}

/** @throws AbortError when the client leaves; ApiError when the reply turns into an error before it began */
export async function deliver(
  response: ServerResponse,
  request: ChatRequest,
  reply: Reply,
  behaviour: ChosenBehaviour,
  usualPace: Pace,
  system_fingerprint: string,
  signal: AbortSignal,
): Promise<[outcome: Outcome, finishReason?: string]> {
  const { midStream } = behaviour;
  const { deltas, tokens, finishReason } = cutTo(request, reply, behaviour);
  const { firstTokenMs, msPerToken } = paceOf(behaviour, usualPace);
  const begun = performance.now();
  const wait = async (ms: number): Promise<void> => {
    const left = begun + ms - performance.now();
    if (left > 0) await setTimeout(left, undefined, { signal });
    signal.throwIfAborted();
  };
  const created = Math.floor(Date.now() / 1000);
  const envelope = { id: newId('chatcmpl-'), created, model: request.model, system_fingerprint };
  const prompt_tokens = promptTokens(request);
  const usage = { prompt_tokens, completion_tokens: tokens, total_tokens: prompt_tokens + tokens };

  if (!request.stream) {
    // Nobody can be shown the end of endless talk.
    if (tokens === Infinity) return [await untilAborted(signal)];
    const ms = firstTokenMs + tokens * msPerToken;
    await wait(behaviour.number > 0 ? ms : Math.min(ms, MOST_MS_UNSEEN));
    if (midStream === 'error') throw serverError();
    const message = messageOf([...deltas]);
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }];
    const whole = { ...envelope, object: 'chat.completion', choices, usage };
    if (midStream === undefined) sendJson(response, 200, whole);
    else response.writeHead(200, { 'content-type': 'application/json' }).write(JSON.stringify(whole).slice(0, 100));
  } else {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    response.flushHeaders();
    const send = async (data: object | string): Promise<void> => {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      if (!response.write(`data: ${text}\n\n`)) await once(response, 'drain', { signal });
    };
    /** With usage asked for, every chunk carries the field and only the last a value. */
    const sendChunk = (choices: object[], sum: object | null = null) =>
      send({ ...envelope, object: 'chat.completion.chunk', choices, ...(request.includeUsage && { usage: sum }) });
    const sendDelta = (delta: object, finish_reason: string | null = null) =>
      sendChunk([{ index: 0, delta, logprobs: null, finish_reason }]);
    let sent = 0;
    for (const delta of deltas) {
      await wait(firstTokenMs + sent * msPerToken);
      if (sent === 0)
        await sendDelta({ role: 'assistant', content: delta.content === undefined ? null : '', refusal: null });
      await sendDelta(delta);
      sent += 1;
    }
    if (sent === 0) await sendDelta({ role: 'assistant', content: '', refusal: null });
    if (midStream === 'error') await send(serverError().body);
    if (midStream === undefined) {
      await sendDelta({}, finishReason);
      if (request.includeUsage) await sendChunk([], usage);
      await send('[DONE]');
      response.end();
    }
  }
  if (midStream === undefined) return ['finished', finishReason];
  if (midStream === 'stall') return [await untilAborted(signal)];
  if (midStream === 'cut') await setTimeout(READING_MS, undefined, { signal }).then(() => response.destroy());
  else response.end();
  return ['brokenOff'];
}
