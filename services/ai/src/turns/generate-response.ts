import {
  type AiApi,
  accept,
  type Entry,
  type ParsedRequestOf,
  type ReplyOf,
  refuse,
  type Session,
} from '@baton/contracts';
import { throttled } from '@baton/runtime';
import { admitterFor } from '../admission/admission.ts';
import { originOf } from '../admission/fair-queue.ts';
import { completeBrief, type Handoff, STAYS_WITH_BOT } from '../handoff/handoff.ts';
import { createAnswering } from './effects/answering.ts';
import { type Conversation, contextFor, toolsFor } from './effects/conversation.ts';
import { createTurnDriver } from './machine/driver.ts';
import type { Conclusion, Tell, TurnEffect } from './machine/states.ts';
import type { TurnDependencies } from './turn-dependencies.ts';

type Endpoint = AiApi['endpoints']['generateResponse'];
type Request = ParsedRequestOf<Endpoint>;
type Response = ReplyOf<Endpoint>;

/** Answers on request, beside the turns: from the caller's messages, and without writing to the log. */
export interface Responder {
  respond(request: Request): Promise<Response>;
  /** Refuses new requests, and aborts those under way after a moment in which they may finish. */
  stop(): void;
}

const FINISH_WITHIN_MS = 5_000;

export function createResponder(parts: TurnDependencies, max: number): Responder {
  const callOff = new AbortController();
  let stopping = false;
  let underWay = 0;
  return {
    async respond(request) {
      if (stopping) return refuse('DRAINING', 'This process is stopping; ask again.');
      if (underWay >= max) return refuse('UNAVAILABLE', 'Too many answers are being written; try again in a moment.');
      underWay++;
      try {
        return await respond(parts, request, callOff.signal);
      } finally {
        underWay--;
      }
    },
    stop() {
      stopping = true;
      if (underWay > 0) setTimeout(() => callOff.abort(), FINISH_WITHIN_MS).unref();
    },
  };
}

async function respond(parts: TurnDependencies, request: Request, calledOff: AbortSignal): Promise<Response> {
  const entries = entriesOf(request);
  if (entries.length === 0)
    return refuse('VALIDATION_FAILED', 'messages: must have one that says something', 'messages');
  const found = await parts.session.get({ sessionId: request.sessionId });
  if (!found.ok && found.code !== 'NOT_FOUND') return refuse('UNAVAILABLE', found.message);
  const session = found.ok ? found.value.session : undefined;
  const conversation: Conversation = {
    session,
    botContext: request.botContext === undefined ? (session?.botContext ?? null) : request.botContext,
    entries,
    memory: null,
    memoryThroughSeq: 0,
    unansweredSeq: session?.lastSeq ?? entries.length,
    standIn: false,
  };
  const conclusion = await conclude(parts, conversation, calledOff);
  switch (conclusion.kind) {
    case 'answer':
      return handOff(parts, { session, entries, content: conclusion.text, handoff: conclusion.handoff });
    case 'hand_off': {
      const { handoff } = conclusion;
      if (handoff.cause === 'bot_failed') return refuse('UNAVAILABLE', handoff.brief.tried ?? handoff.reason);
      return handOff(parts, { session, entries, content: handoff.reason, handoff });
    }
    default:
      return calledOff.aborted
        ? refuse('DRAINING', 'This process is stopping; ask again.')
        : refuse('UNAVAILABLE', 'No answer could be written.');
  }
}

/** Runs the turn machine on the given conversation. Loading returns at once, and drafts are dropped. */
async function conclude(
  parts: TurnDependencies,
  conversation: Conversation,
  calledOff: AbortSignal,
): Promise<Conclusion> {
  const { settings, log } = parts;
  const { session, entries } = conversation;
  const admitter = admitterFor(parts.admission, originOf(session?.id ?? 'by hand', undefined), session?.id);
  const answering = createAnswering(parts);

  const perform = (effect: TurnEffect, tell: Tell): void => {
    const inBackground = (work: Promise<void>) =>
      void work.catch((error: unknown) => {
        const facts = { err: error, sessionId: session?.id };
        throttled(log).error(session?.id ?? 'by hand', facts, 'a response failed by a fault of the service');
        tell({ type: 'called_off', why: 'unavailable' });
      });
    const request = async (exchanges: Extract<TurnEffect, { do: 'request' }>['exchanges']) => {
      const context = contextFor(parts, conversation, toolsFor(parts, conversation));
      await answering.request(conversation, context, exchanges, admitter, tell);
    };
    if (effect.do === 'load') {
      const pending = {
        epoch: session?.epoch ?? 1,
        unansweredSeq: entries.length,
        newestAt: 0,
        kind: 'answer',
      } as const;
      tell({ type: 'loaded', pending, now: Date.now() });
    } else if (effect.do === 'request') inBackground(request(effect.exchanges));
    else if (effect.do === 'run_tools') inBackground(answering.runTools(effect.calls, conversation, admitter, tell));
    else if (effect.do === 'stop') answering.stop();
  };

  const driver = createTurnDriver(settings.limits, perform);
  driver.start();
  const timer = setTimeout(() => driver.tell({ type: 'time_up' }), settings.turnTimeoutMs);
  const stop = () => driver.tell({ type: 'called_off', why: 'draining' });
  calledOff.addEventListener('abort', stop, { once: true });
  if (calledOff.aborted) stop();
  try {
    return await driver.conclusion;
  } finally {
    clearTimeout(timer);
    calledOff.removeEventListener('abort', stop);
  }
}

/**
 * [A3] A handoff that the answer promises is made before the answer is given. A session that an agent has already, or
 * that has ended, stays unchanged.
 */
async function handOff(
  parts: TurnDependencies,
  response: {
    session: Session | undefined;
    entries: readonly Entry[];
    content: string;
    handoff: Handoff | undefined;
  },
): Promise<Response> {
  const { session, content, handoff } = response;
  if (session === undefined || handoff === undefined) return accept({ content });
  const { cause, reason, priority } = handoff;
  const brief = completeBrief(handoff.brief, response.entries);
  const { id: sessionId, epoch } = session;
  const made = await parts.session.transfer({ sessionId, cause, reason, priority, brief, epoch });
  if (made.ok) {
    if (!made.value.repeated) parts.metrics.handedOff(cause, handoff.via);
    return accept({ content, handoff: { reason: made.value.wait.reason, priority: made.value.wait.priority } });
  }
  if (made.code === 'TOO_MANY_WAITING') return accept({ content: STAYS_WITH_BOT });
  const settled = made.code === 'SESSION_CLOSED' || made.code === 'ALREADY_TAKEN' || made.code === 'STALE_EPOCH';
  return settled ? accept({ content }) : refuse('UNAVAILABLE', `A human was asked for: ${made.message}`);
}

/** As entries of a log of their own. Notes on changes of control are left out: anybody may have written them. */
function entriesOf({ sessionId, messages }: Request): Entry[] {
  return messages
    .filter(({ kind, content }) => kind === 'message' && content.trim() !== '')
    .map(({ sender, content }, index) => ({
      id: `${sessionId}-${index + 1}`,
      sessionId,
      seq: index + 1,
      kind: 'message',
      sender,
      content,
      timestamp: new Date(0).toISOString(),
      metadata: {},
    }));
}
