import { setTimeout as pause } from 'node:timers/promises';
import type { Budget, BudgetScope, Budgets, OverBudget, SessionApi } from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import type { AiMetrics } from '../metrics.ts';
import { ModelFailure } from '../model/model.ts';

/** The window of a limit per minute. */
const MINUTE_MS = 60_000;
/** A used-up budget of all chats is checked again after this: reserved tokens may turn out unused. */
const CHECK_AGAIN_MS = 10_000;
/** Pauses between tries to reach the session service. */
const BACK_OFF_MS = [100, 400, 1_000];

const whoseBudget: Record<BudgetScope, string> = {
  chat: 'this chat',
  customer: 'this customer',
  address: "this customer's network address",
  all: 'all chats together',
};
const whichLimit: Record<OverBudget['limit'], string> = {
  callsPerMinute: 'calls a minute',
  callsPerDay: 'calls a day',
  tokensPerDay: 'tokens a day',
};

/** A call that the budgets granted. */
export interface TakenCall {
  messageSeq: number | undefined;
  /** When it may be made, in the milliseconds of `Date.now`. */
  dueAt: number;
}

/** [S6] The budgets of model calls, which the session service keeps for all ai services. */
export interface ModelBudgets {
  /**
   * Takes one call, and waits for its position in the minute. Resolves with the call also when `signal` was aborted
   * first: it is taken, and may be made later.
   * @throws ModelFailure when a budget refuses it, or when the session service does not answer.
   */
  take(
    call: { sessionId: string | undefined; messageSeq?: number | undefined; tokens: number; waitMs: number },
    signal: AbortSignal,
  ): Promise<TakenCall>;
  /**
   * Counts a call that was taken, and not made, for a newer message of its session. The minute counts it once, so a
   * turn that restarts uses up no more calls than it makes.
   * @throws ModelFailure as `take` does.
   */
  retake(
    taken: TakenCall,
    call: { sessionId: string | undefined; messageSeq: number | undefined },
    signal: AbortSignal,
  ): Promise<TakenCall>;
  /** Names the limit of all chats together while it is used up for the day. */
  readonly ceiling: string | undefined;
}

/** Undefined where every budget is unlimited. */
export function createModelBudgets(options: {
  session: Pick<Caller<SessionApi>, 'takeModelCall'>;
  budgets: Budgets;
  /** The longest wait of a turn. */
  maxWaitMs: number;
  metrics: Pick<AiMetrics, 'overBudget' | 'today'>;
  log: Log;
  now?: () => number;
}): ModelBudgets | undefined {
  const { session, budgets, metrics, log } = options;
  const now = options.now ?? Date.now;
  const { message: _, ...ofOthers } = budgets;
  if (Object.values(ofOthers).every(isFree)) return undefined;
  const windowMs = MINUTE_MS + options.maxWaitMs;
  let reached: { says: string; until: number; checkAgainAt: number } | undefined;

  const ceiling = () => {
    if (reached !== undefined && now() >= reached.until) lift();
    return reached?.says;
  };
  const lift = () => {
    if (reached !== undefined) log.info('there is a budget for asking the model again');
    reached = undefined;
  };
  const reach = (over: OverBudget, says: string) => {
    if (reached === undefined)
      log.error({ limit: says }, 'the budget of the day for asking the model is used up; chats are handed to humans');
    reached = { says, until: now() + over.retryAfterMs, checkAgainAt: now() + CHECK_AGAIN_MS };
  };
  const refuse = (over: OverBudget): ModelFailure => {
    metrics.overBudget(over.ofMessage ? 'message' : over.scope, over.limit);
    const says = over.ofMessage
      ? `one message: ${budgets.message?.callsPerDay} calls`
      : `${whoseBudget[over.scope]}: ${budgets[over.scope][over.limit]} ${whichLimit[over.limit]}`;
    if (over.scope === 'all' && over.limit !== 'callsPerMinute') reach(over, says);
    const isOwn = over.scope === 'customer' || over.scope === 'address';
    return new ModelFailure(isOwn ? 'over_share' : 'over_budget', { detail: says });
  };

  const ask = async (request: Parameters<typeof session.takeModelCall>[0]) => {
    for (const pause of [...BACK_OFF_MS, undefined]) {
      const reply = await session.takeModelCall(request);
      if (reply.ok) return reply.value;
      if (pause === undefined) break;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    throw new ModelFailure('uncounted');
  };

  return {
    async take({ sessionId, messageSeq, tokens, waitMs }, signal) {
      if (ceiling() !== undefined && reached !== undefined && now() < reached.checkAgainAt)
        throw new ModelFailure('over_budget', { detail: reached.says });
      const taken = await ask({
        ...(sessionId !== undefined && { sessionId }),
        ...(messageSeq !== undefined && { messageSeq }),
        ...{ tokens, waitMs: Math.floor(waitMs), windowMs, budgets },
      });
      metrics.today(taken.today);
      if (!taken.granted) throw taken.over === undefined ? new ModelFailure('uncounted') : refuse(taken.over);
      lift();
      const dueAt = now() + taken.waitMs;
      if (taken.waitMs > 0) await sleep(taken.waitMs, signal);
      return { messageSeq, dueAt };
    },
    async retake(taken, { sessionId, messageSeq }, signal) {
      if (budgets.message !== undefined && messageSeq !== undefined && messageSeq !== taken.messageSeq) {
        const ofMessage = await ask({
          ...(sessionId !== undefined && { sessionId }),
          ...{ messageSeq, tokens: 0, waitMs: 0, windowMs, budgets: { ...unlimited, message: budgets.message } },
        });
        if (!ofMessage.granted) throw ofMessage.over ? refuse(ofMessage.over) : new ModelFailure('uncounted');
      }
      const waitMs = taken.dueAt - now();
      if (waitMs > 0) await sleep(waitMs, signal);
      return { messageSeq, dueAt: taken.dueAt };
    },
    get ceiling() {
      return ceiling();
    },
  };
}

const FREE: Budget = { callsPerMinute: 0, callsPerDay: 0, tokensPerDay: 0 };
const unlimited: Budgets = { chat: FREE, customer: FREE, address: FREE, all: FREE };
const isFree = ({ callsPerMinute, callsPerDay, tokensPerDay }: Budget) =>
  callsPerMinute === 0 && callsPerDay === 0 && tokensPerDay === 0;

/** Ends early, without an error, when `signal` is aborted. */
const sleep = (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }).catch(() => {});
