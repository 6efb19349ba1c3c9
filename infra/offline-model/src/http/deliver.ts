import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Reply } from '../brain/reply.ts';
import { type Behaviour, babble, type ChosenBehaviour } from '../faults/behaviours.ts';
import type { SeenRequest } from '../faults/control.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { hash } from '../seeded.ts';
import { serverError } from './api-error.ts';
import { sendEvent, sendJson, startEvents } from './http-exchange.ts';
import { type Pace, paced, untilAborted } from './pace.ts';
import {
  applyStop,
  chunk,
  completion,
  deltaOf,
  type Envelope,
  type FinishReason,
  type Piece,
  piecesOf,
  promptTokens,
  usageChunk,
  usageOf,
} from './wire.ts';

export interface Ended {
  readonly outcome: SeenRequest['outcome'];
  readonly finishReason?: FinishReason;
}

/** An answer without streaming takes as long as a stream would, but nobody watches it grow: at most this. */
const MOST_MS_UNSEEN = 1000;
/** A connection that breaks takes unread bytes with it: so long the client has to read them. */
const READING_MS = 30;
/** However fast it is told to be, endless talk must not fill the memory of both ends. */
const BABBLE_TOKENS_PER_SECOND = 500;

interface Job {
  readonly request: ChatRequest;
  readonly envelope: Envelope;
  readonly behaviour: Behaviour;
  readonly pieces: Iterable<Piece>;
  readonly finishReason: FinishReason;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/**
 * Sends a reply the way the request asked for, at the model's pace, with the misbehaviour chosen.
 * @throws AbortError when the client leaves; ApiError when the reply turns into an error before it began
 */
export async function deliver(
  response: ServerResponse,
  request: ChatRequest,
  reply: Reply,
  { behaviour, parameter }: ChosenBehaviour,
  envelope: Envelope,
  usualPace: Pace,
  signal: AbortSignal,
): Promise<Ended> {
  const isEndless = behaviour.endless === true;
  const { pieces, finishReason } = isEndless ? endless(request) : within(request, reply, behaviour);
  const msPerToken = behaviour.msPerToken?.(parameter);
  const usual = usualPace.tokensPerSecond;
  const rate = msPerToken === undefined ? usual : 1000 / Math.max(1, msPerToken);
  const pace: Pace = {
    firstTokenMs: behaviour.firstTokenMs?.(parameter) ?? usualPace.firstTokenMs,
    tokensPerSecond: isEndless ? Math.min(usual || Infinity, BABBLE_TOKENS_PER_SECOND) : rate,
  };
  const job: Job = { request, envelope, behaviour, pieces, finishReason, pace, signal };
  return request.stream ? stream(response, job) : atOnce(response, job);
}

function within(request: ChatRequest, reply: Reply, behaviour: Behaviour): Pick<Job, 'pieces' | 'finishReason'> {
  const all = [...piecesOf(applyStop(reply, request.stop))];
  const most = request.maxTokens ?? Infinity;
  const kept = all.slice(0, most);
  const ownReason = all.length > most ? 'length' : all.some((piece) => piece.kind === 'call') ? 'tool_calls' : 'stop';
  return {
    pieces: behaviour.midStream === undefined ? kept : kept.slice(0, Math.ceil(kept.length / 2)),
    finishReason: behaviour.finishReason ?? ownReason,
  };
}

function endless(request: ChatRequest): Pick<Job, 'pieces' | 'finishReason'> {
  function* pieces(): Generator<Piece> {
    let left = request.maxTokens ?? Infinity;
    for (const text of babble()) {
      if (left-- <= 0) return;
      yield { kind: 'text', text };
    }
  }
  return { pieces: pieces(), finishReason: 'length' };
}

async function stream(response: ServerResponse, job: Job): Promise<Ended> {
  const { request, envelope, signal } = job;
  const sendOne = (data: object | '[DONE]'): Promise<void> => sendEvent(response, data, signal);
  const delta = (value: Readonly<Record<string, unknown>>, reason: FinishReason | null = null): Promise<void> =>
    sendOne(chunk(envelope, request.includeUsage, value, reason));
  startEvents(response);
  let sent = 0;
  for await (const piece of paced(job.pieces, job.pace, hash(envelope.id), signal)) {
    if (sent === 0) await delta({ role: 'assistant', content: piece.kind === 'text' ? '' : null, refusal: null });
    await delta(deltaOf(piece));
    sent += 1;
  }
  if (sent === 0) await delta({ role: 'assistant', content: '', refusal: null });

  switch (job.behaviour.midStream) {
    case 'stall':
      await untilAborted(signal);
      return { outcome: 'client left' };
    case 'cut':
      await setTimeout(READING_MS, undefined, { signal });
      response.destroy();
      return { outcome: 'broken off' };
    case 'end':
      response.end();
      return { outcome: 'broken off' };
    case 'error':
      await sendOne(serverError().body());
      response.end();
      return { outcome: 'broken off' };
    default:
      break;
  }
  await delta({}, job.finishReason);
  if (request.includeUsage) await sendOne(usageChunk(envelope, usageOf(promptTokens(request), sent)));
  await sendOne('[DONE]');
  response.end();
  return { outcome: 'finished', finishReason: job.finishReason };
}

async function atOnce(response: ServerResponse, job: Job): Promise<Ended> {
  const { envelope, signal, behaviour, pace, request } = job;
  if (behaviour.endless === true && request.maxTokens === undefined) {
    await untilAborted(signal);
    return { outcome: 'client left' };
  }
  const pieces = [...job.pieces];
  const typingMs = pace.tokensPerSecond > 0 ? (pieces.length * 1000) / pace.tokensPerSecond : 0;
  const shown = behaviour.msPerToken === undefined ? Math.min(typingMs, MOST_MS_UNSEEN) : typingMs;
  if (pace.firstTokenMs + shown > 0) await setTimeout(pace.firstTokenMs + shown, undefined, { signal });

  const body = completion(envelope, pieces, job.finishReason, usageOf(promptTokens(request), pieces.length));
  const half = JSON.stringify(body).slice(0, 100);
  switch (behaviour.midStream) {
    case 'stall':
      await untilAborted(signal);
      return { outcome: 'client left' };
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(half);
      await setTimeout(READING_MS, undefined, { signal });
      response.destroy();
      return { outcome: 'broken off' };
    case 'end':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(half);
      return { outcome: 'broken off' };
    case 'error':
      throw serverError();
    default:
      sendJson(response, 200, body);
      return { outcome: 'finished', finishReason: job.finishReason };
  }
}
