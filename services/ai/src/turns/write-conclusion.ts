import type { Entry, ErrorCode, JsonObject, SessionApi } from '@baton/contracts';
import { type Caller, type Log, throttled } from '@baton/runtime';
import { completeBrief, type Handoff, STAYS_WITH_BOT } from '../handoff/handoff.ts';
import { HANDOFF_MARK, STAYS_MARK } from './machine/pending-reply.ts';
import type { Conclusion, PendingReply } from './machine/states.ts';

export type SessionCaller = Pick<
  Caller<SessionApi>,
  'get' | 'beginTurn' | 'endTurn' | 'append' | 'transfer' | 'listUnanswered'
>;

/** How a turn ended: labels of `baton_ai_turns_total`. `failed`: the session service was unavailable. */
export type TurnOutcome = 'answered' | 'greeted' | 'handed_over' | 'dropped' | 'failed';
export interface Written {
  outcome: TurnOutcome;
  why?: string;
}

type Result = { ok: true } | { ok: false; code: ErrorCode; field?: string | undefined };

/** A finished answer is kept for this long while the session service restarts. Each request is idempotent. */
const RETRY_FOR_MS = 15_000;
const BACK_OFF_MS = [100, 250, 500, 1_000, 2_000];
const transient: readonly ErrorCode[] = ['UNAVAILABLE', 'TIMEOUT', 'INTERNAL'];

/**
 * Writes what a turn concluded. One answer a turn: its entry carries `inReplyTo`, and its idempotency key is derived
 * from it, so a retry finds it and a second answer is refused. [A2] A refusal because control moved, or because
 * another worker answered, ends the turn. [C2]
 *
 * The text before a handoff carries a mark instead of `inReplyTo`: the reply stays pending until the handoff is made,
 * so after a crash the next worker makes it. [A3]
 */
export async function writeConclusion(options: {
  session: SessionCaller;
  sessionId: string;
  pending: PendingReply;
  entries: readonly Entry[];
  conclusion: Exclude<Conclusion, { kind: 'drop' }>;
  /** The configured greeting. */
  greeting: string;
  /** Kept with the answer. */
  metadata: JsonObject;
  log: Log;
}): Promise<Written> {
  const { session, sessionId, pending, conclusion, log } = options;
  const { epoch } = pending;
  const answered =
    conclusion.kind === 'greet' ? (pending.beginningSeq ?? pending.unansweredSeq) : pending.unansweredSeq;
  const clientMessageId = `turn:${answered}`;

  const append = async (
    content: string,
    rest: { inReplyTo?: number; metadata: JsonObject },
    id = clientMessageId,
  ): Promise<Result> => {
    const messages = [{ clientMessageId: id, content, ...rest }];
    const reply = await retryTransient(() => session.append({ sessionId, author: { type: 'bot', epoch }, messages }));
    return reply.ok ? (reply.value.results[0] ?? reply) : reply;
  };
  /** [S6] [A1] The queue has no room for this customer: telling them so is the answer. */
  const stay = async (): Promise<Written> => {
    const message = { inReplyTo: answered, metadata: { [STAYS_MARK]: 'TOO_MANY_WAITING' } };
    return outcomeOf(await append(STAYS_WITH_BOT, message, `${clientMessageId}:stays`), 'answered', log, sessionId);
  };
  const handOff = async (handoff: Handoff): Promise<Written> => {
    const { cause, reason, priority } = handoff;
    const brief = completeBrief(handoff.brief, options.entries);
    const reply = await retryTransient(() => session.transfer({ sessionId, cause, reason, priority, brief, epoch }));
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
    case 'hand_off':
      return handOff(conclusion.handoff);
    case 'answer': {
      const { text, cut, handoff, noAnswer } = conclusion;
      const metadata = { ...options.metadata, ...(cut && { cut }), ...(noAnswer && { noAnswer: true }) };
      if (handoff === undefined)
        return outcomeOf(await append(text, { inReplyTo: answered, metadata }), 'answered', log, sessionId);
      const textBefore = await append(text, { metadata: { ...metadata, [HANDOFF_MARK]: true } });
      return textBefore.ok ? handOff(handoff) : outcomeOf(textBefore, 'handed_over', log, sessionId);
    }
  }
}

function outcomeOf(reply: Result, done: TurnOutcome, log: Log, sessionId: string): Written {
  if (reply.ok) return { outcome: done };
  if (transient.includes(reply.code)) return { outcome: 'failed', why: reply.code };
  if (reply.code === 'VALIDATION_FAILED')
    throttled(log).error(
      sessionId,
      { sessionId, field: reply.field },
      'the session service rejects what the bot wrote',
    );
  return { outcome: 'dropped', why: reply.code };
}

async function retryTransient<R extends Result>(attempt: () => Promise<R>): Promise<R> {
  const until = Date.now() + RETRY_FOR_MS;
  for (let tries = 0; ; tries++) {
    const reply = await attempt();
    if (reply.ok || !transient.includes(reply.code) || Date.now() > until) return reply;
    await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS[Math.min(tries, BACK_OFF_MS.length - 1)]));
  }
}
