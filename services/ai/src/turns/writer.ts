import type { Entry, ErrorCode, JsonObject, SessionApi } from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import { completeBrief, type Handover, STAYS_WITH_BOT } from '../handoff/handoff.ts';
import type { Conclusion, Debt } from './machine/states.ts';
import { HANDOVER_MARK, STAYS_MARK } from './pending-reply.ts';

export type SessionCaller = Pick<
  Caller<SessionApi>,
  'get' | 'beginTurn' | 'endTurn' | 'append' | 'transfer' | 'listUnanswered'
>;

/** How a turn ended, for the log, the metrics and whoever goes on. `failed`: the session service could not be reached. */
export type TurnOutcome = 'answered' | 'greeted' | 'handed_over' | 'dropped' | 'failed';
export interface Written {
  outcome: TurnOutcome;
  why?: string;
}

type Result = { ok: true } | { ok: false; code: ErrorCode; field?: string | undefined };

/** An answer that is there is worth some patience with a session service that restarts. Each step can be repeated. */
const PATIENCE_MS = 15_000;
const PAUSES_MS = [100, 250, 500, 1_000, 2_000];
const passing: readonly ErrorCode[] = ['UNAVAILABLE', 'TIMEOUT', 'INTERNAL'];

/**
 * Writes what a turn came to. One answer a turn: its entry carries `inReplyTo`, and its id is the turn's, so a repeat
 * is found and a second one refused. [A2] Whoever is refused because control moved, or somebody else answered, has
 * nothing more to say. [C2]
 *
 * Words before a handover carry a mark instead of `inReplyTo`: the turn stays owed until the handover is made, and
 * whoever takes it over after a crash makes it. [A3]
 */
export async function putIntoEffect(options: {
  session: SessionCaller;
  sessionId: string;
  debt: Debt;
  entries: readonly Entry[];
  conclusion: Exclude<Conclusion, { kind: 'drop' }>;
  greeting: string;
  /** Kept with the answer. */
  metadata: JsonObject;
  log: Log;
}): Promise<Written> {
  const { session, sessionId, debt, conclusion, log } = options;
  const { epoch } = debt;
  const answered = conclusion.kind === 'greet' ? (debt.beginningSeq ?? debt.unansweredSeq) : debt.unansweredSeq;
  const clientMessageId = `turn:${answered}`;

  const append = async (
    content: string,
    rest: { inReplyTo?: number; metadata: JsonObject },
    id = clientMessageId,
  ): Promise<Result> => {
    const messages = [{ clientMessageId: id, content, ...rest }];
    const reply = await persistently(() => session.append({ sessionId, author: { type: 'bot', epoch }, messages }));
    return reply.ok ? (reply.value.results[0] ?? reply) : reply;
  };
  /** [S6] [A1] No place in line for this one: it is told so, and that is the answer. */
  const stay = async (): Promise<Written> => {
    const message = { inReplyTo: answered, metadata: { [STAYS_MARK]: 'TOO_MANY_WAITING' } };
    return outcomeOf(await append(STAYS_WITH_BOT, message, `${clientMessageId}:stays`), 'answered', log, sessionId);
  };
  const transfer = async (handover: Handover): Promise<Written> => {
    const { cause, reason, priority } = handover;
    const brief = completeBrief(handover.brief, options.entries);
    const reply = await persistently(() => session.transfer({ sessionId, cause, reason, priority, brief, epoch }));
    if (!reply.ok && reply.code === 'TOO_MANY_WAITING') return stay();
    return outcomeOf(reply, 'handed_over', log, sessionId);
  };

  switch (conclusion.kind) {
    case 'greet': {
      const { text } = conclusion;
      const metadata = { greeting: true, ...(text !== undefined && { persona: true, ...options.metadata }) };
      const written = await append(text ?? options.greeting, { inReplyTo: answered, metadata });
      return outcomeOf(written, 'greeted', log, sessionId);
    }
    case 'hand_over':
      return transfer(conclusion.handover);
    case 'answer': {
      const { text, cut, handover, noAnswer } = conclusion;
      const metadata = { ...options.metadata, ...(cut && { cut }), ...(noAnswer && { noAnswer: true }) };
      if (handover === undefined)
        return outcomeOf(await append(text, { inReplyTo: answered, metadata }), 'answered', log, sessionId);
      const words = await append(text, { metadata: { ...metadata, [HANDOVER_MARK]: true } });
      return words.ok ? transfer(handover) : outcomeOf(words, 'handed_over', log, sessionId);
    }
  }
}

function outcomeOf(reply: Result, done: TurnOutcome, log: Log, sessionId: string): Written {
  if (reply.ok) return { outcome: done };
  if (passing.includes(reply.code)) return { outcome: 'failed', why: reply.code };
  if (reply.code === 'VALIDATION_FAILED')
    log.error({ sessionId, field: reply.field }, 'the session service does not take what the bot wrote');
  return { outcome: 'dropped', why: reply.code };
}

async function persistently<R extends Result>(attempt: () => Promise<R>): Promise<R> {
  const until = Date.now() + PATIENCE_MS;
  for (let tries = 0; ; tries++) {
    const reply = await attempt();
    if (reply.ok || !passing.includes(reply.code) || Date.now() > until) return reply;
    await new Promise((resolve) => setTimeout(resolve, PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]));
  }
}
