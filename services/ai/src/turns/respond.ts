import {
  type AiApi,
  accept,
  type BotContext,
  type Entry,
  type ParsedRequestOf,
  type ReplyOf,
  refuse,
  type Session,
} from '@baton/contracts';
import { accessFor } from '../access/access.ts';
import { whoseIs } from '../access/fair-queue.ts';
import { fitContext } from '../context/fit-context.ts';
import { siteData, systemPrompt } from '../context/prompt.ts';
import { completeBrief, type Handover, STAYS_WITH_BOT } from '../handoff/handoff.ts';
import type { ToolCall } from '../model/model.ts';
import type { CallOutcome } from '../tools/registry.ts';
import { createToolRounds } from '../tools/rounds.ts';
import { askForTurn, nothingSpent } from './effects/ask-for-turn.ts';
import { driveTurn } from './machine/driver.ts';
import type { Conclusion, Exchange, TurnEffect, TurnEvent } from './machine/states.ts';
import type { TurnParts } from './parts.ts';

type Endpoint = AiApi['endpoints']['generateResponse'];
type Request = ParsedRequestOf<Endpoint>;
type Response = ReplyOf<Endpoint>;

/** Answers on request, beside the turns: from messages that the caller gives, and without writing to the log. */
export interface Responder {
  respond(request: Request): Promise<Response>;
  /** Calls off what is under way, after a moment in which it may end by itself. */
  stop(): void;
}

const END_WITHIN_MS = 5_000;

export function createResponder(parts: TurnParts, max: number): Responder {
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
      if (underWay > 0) setTimeout(() => callOff.abort(), END_WITHIN_MS).unref();
    },
  };
}

async function respond(parts: TurnParts, request: Request, calledOff: AbortSignal): Promise<Response> {
  const entries = entriesOf(request);
  if (entries.length === 0)
    return refuse('VALIDATION_FAILED', 'messages: must have one that says something', 'messages');
  const found = await parts.session.get({ sessionId: request.sessionId });
  if (!found.ok && found.code !== 'NOT_FOUND') return refuse('UNAVAILABLE', found.message);
  const session = found.ok ? found.value.session : undefined;
  const botContext = request.botContext === undefined ? (session?.botContext ?? null) : request.botContext;
  const conclusion = await conclude(parts, { session, entries, botContext }, calledOff);
  switch (conclusion.kind) {
    case 'answer':
      return handOff(parts, { session, entries, content: conclusion.text, handover: conclusion.handover });
    case 'hand_over': {
      const { handover } = conclusion;
      if (handover.cause === 'bot_failed') return refuse('UNAVAILABLE', handover.brief.tried ?? handover.reason);
      return handOff(parts, { session, entries, content: handover.reason, handover });
    }
    default:
      return calledOff.aborted
        ? refuse('DRAINING', 'This process is stopping; ask again.')
        : refuse('UNAVAILABLE', 'No answer could be written.');
  }
}

interface About {
  session: Session | undefined;
  entries: readonly Entry[];
  botContext: BotContext | null;
}

/** By the same machine as a turn, with its limits and tools; there is nothing to load, and nobody to show a draft. */
async function conclude(parts: TurnParts, about: About, calledOff: AbortSignal): Promise<Conclusion> {
  const { settings } = parts;
  const { session, entries } = about;
  const spent = nothingSpent(parts.model.name);
  const tools = session === undefined ? [] : parts.tools.specs();
  const access = accessFor(parts.access, whoseIs(session?.id ?? 'by hand', undefined), session?.id);
  const toolRounds = createToolRounds();
  let running = new AbortController();

  const ask = (exchanges: readonly Exchange[], tell: (event: TurnEvent) => void) => {
    const { signal } = running;
    const { messages } = fitContext({
      system: systemPrompt({
        botName: settings.botName,
        instructions: settings.instructions,
        tools: tools.map(({ name }) => name),
        botContext: about.botContext,
        personaAllowed: settings.personaAllowed,
      }),
      about: siteData({
        botContext: about.botContext,
        metadata: session?.metadata ?? {},
        personaAllowed: settings.personaAllowed,
      }),
      memory: null,
      memoryThroughSeq: 0,
      entries,
      maxTokens: Math.min(settings.contextTokens, parts.model.contextTokens ?? Number.POSITIVE_INFINITY),
      count: parts.countTokens,
    });
    return askForTurn({
      ...parts,
      messages,
      exchanges,
      tools,
      maxTokens: settings.maxAnswerTokens,
      limits: settings.ask,
      access,
      signal,
      spent,
      tell: (event) => signal.aborted || tell(event),
    });
  };
  const runTools = async (calls: readonly ToolCall[], tell: (event: TurnEvent) => void) => {
    const { signal } = running;
    const outcomes =
      session === undefined
        ? calls.map(withoutSession)
        : await toolRounds.run(calls, (call) =>
            parts.tools.run(call, { session, unansweredSeq: session.lastSeq, access, signal }),
          );
    for (const { name, outcome } of outcomes) parts.metrics.toolCalled(name, outcome);
    if (!signal.aborted) tell({ type: 'tools_done', calls: outcomes });
  };
  const perform = (effect: TurnEffect, tell: (event: TurnEvent) => void): void => {
    const inBackground = (work: Promise<void>) =>
      void work.catch((error: unknown) => {
        parts.log.error({ err: error, sessionId: session?.id }, 'a response met a fault of ours');
        tell({ type: 'called_off', why: 'unavailable' });
      });
    if (effect.do === 'load') {
      const debt = {
        epoch: session?.epoch ?? 1,
        unansweredSeq: entries.length,
        newestAt: 0,
        kind: 'answer' as const,
      };
      tell({ type: 'loaded', debt, now: Date.now() });
    } else if (effect.do === 'ask') inBackground(ask(effect.exchanges, tell));
    else if (effect.do === 'run_tools') inBackground(runTools(effect.calls, tell));
    else if (effect.do === 'stop') {
      running.abort();
      running = new AbortController();
    }
  };

  const driver = driveTurn(settings.limits, perform);
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
 * [A3] What the model says about a human is made true before it is said. A session that is with a human already, or has
 * ended, stays as it is.
 */
async function handOff(
  parts: TurnParts,
  response: {
    session: Session | undefined;
    entries: readonly Entry[];
    content: string;
    handover: Handover | undefined;
  },
): Promise<Response> {
  const { session, content, handover } = response;
  if (session === undefined || handover === undefined) return accept({ content });
  const { cause, reason, priority } = handover;
  const brief = completeBrief(handover.brief, response.entries);
  const { id: sessionId, epoch } = session;
  const made = await parts.session.transfer({ sessionId, cause, reason, priority, brief, epoch });
  if (made.ok) {
    if (!made.value.repeated) parts.metrics.handedOver(cause, handover.via);
    return accept({ content, handoff: { reason: made.value.wait.reason, priority: made.value.wait.priority } });
  }
  if (made.code === 'TOO_MANY_WAITING') return accept({ content: STAYS_WITH_BOT });
  const settled = made.code === 'SESSION_CLOSED' || made.code === 'ALREADY_TAKEN' || made.code === 'STALE_EPOCH';
  return settled ? accept({ content }) : refuse('UNAVAILABLE', `A human was asked for: ${made.message}`);
}

/** As entries of a log of their own. Notes on changes of control are left out: their words are anybody's. */
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

function withoutSession(call: ToolCall): CallOutcome {
  return {
    call,
    name: 'unknown',
    outcome: 'misused',
    result: { ok: false, text: 'There are no tools here.' },
    tookMs: 0,
  };
}
