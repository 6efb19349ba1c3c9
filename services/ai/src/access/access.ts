import type { SessionApi } from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import type { AiConfig } from '../config.ts';
import type { AiMetrics } from '../metrics.ts';
import { ModelFailure, type ModelRequest, type Usage } from '../model/model.ts';
import { budgetsOf } from './budget-settings.ts';
import { createModelBudgets, type ModelBudgets } from './budgets.ts';
import { type Origin, originOf } from './fair-queue.ts';
import type { Throttle } from './throttle.ts';

/** Leave to ask the model. Whoever asks it gets leave before each request to the endpoint, repeats included. */
export interface Access {
  /** Resolves when the request may be made; undefined when `signal` was aborted meanwhile. @throws ModelFailure */
  admit(request: ModelRequest, signal: AbortSignal): Promise<Admission | undefined>;
}

/** Of one request to the endpoint, until it is over. */
export interface Admission {
  /** The endpoint has begun to answer. */
  answered(): void;
  /** It refused for the rate, and said, or did not say, when it is to be asked again. */
  refused(retryAfterMs: number | undefined): void;
  /** So many characters were written. */
  wrote(characters: number): void;
  used(usage: Usage): void;
  /** The same is to be asked once more, as another request of the same kind. @throws ModelFailure when it may not. */
  again(signal: AbortSignal): Promise<void>;
  /** It is over, in whichever way. */
  leave(): void;
}

/** For our own looks at the endpoint, which are few: at once, and not again when it limits the rate. */
export function freely(): Access {
  let limited: ModelFailure | undefined;
  return {
    async admit() {
      if (limited !== undefined) throw limited;
      const refused = (retryAfterMs: number | undefined) => {
        limited = new ModelFailure('rate_limited', { retryAfterMs });
      };
      return { answered() {}, refused, wrote() {}, used() {}, async again() {}, leave() {} };
    },
  };
}

/** What all requests of one process share. */
export interface AccessParts {
  throttle: Throttle;
  /** Undefined where nothing is limited. */
  budgets: ModelBudgets | undefined;
  /** What one message, or one request by hand, may cause; 0: as much as it likes. */
  ofMessage: { calls: number; tokens: number };
  /** How long one turn may wait, all its requests together. */
  waitMs: number;
  /** Told of each request that is made. */
  onCall: () => void;
}

export interface TurnAccess extends Access {
  /** By how much the requests that are over took more tokens than were set aside for them; once. */
  settle(): number;
}

export function createAccess(options: {
  session: Pick<Caller<SessionApi>, 'takeModelCall'>;
  throttle: Throttle;
  config: AiConfig;
  metrics: AiMetrics;
  log: Log;
}): AccessParts {
  const { config, metrics, throttle } = options;
  const waitMs = config.MODEL_WAIT_MS;
  return {
    throttle,
    budgets: createModelBudgets({ ...options, budgets: budgetsOf(config), maxWaitMs: waitMs }),
    ofMessage: { calls: config.BUDGET_MESSAGE_CALLS, tokens: config.BUDGET_MESSAGE_TOKENS },
    waitMs,
    onCall: metrics.modelCalled,
  };
}

/** Of any language, and with what stands between the words: an estimate, until the endpoint has counted. */
const CHARACTERS_PER_TOKEN = 3;

/**
 * The access of one turn, or of other work for one chat. First the message's own budget, then those that are kept for
 * all services, then the endpoint's own limit. `sessionId` is left out where there is no chat; `messageSeq` is asked at
 * each call for the message that it is about, as a message may take several turns.
 */
export function accessFor(
  parts: AccessParts,
  origin: Origin,
  sessionId: string | undefined,
  messageSeq: () => number | undefined = () => undefined,
): TurnAccess {
  const { throttle, budgets, ofMessage } = parts;
  let waitLeft = parts.waitMs;
  let calls = 0;
  let tokens = 0;
  let unsettled = 0;

  /** Gives what was set aside; undefined when `signal` was aborted. */
  const take = async (request: ModelRequest, signal: AbortSignal): Promise<number | undefined> => {
    if (ofMessage.calls > 0 && calls >= ofMessage.calls)
      throw new ModelFailure('over_budget', { detail: `one message: ${ofMessage.calls} calls` });
    if (ofMessage.tokens > 0 && tokens >= ofMessage.tokens)
      throw new ModelFailure('over_budget', { detail: `one message: ${ofMessage.tokens} tokens` });
    const setAside = promptTokens(request) + request.maxTokens;
    calls++;
    const taken =
      (await budgets?.take({ sessionId, messageSeq: messageSeq(), tokens: setAside, waitMs: waitLeft }, signal)) ??
      true;
    if (!taken) return undefined;
    tokens += setAside;
    return setAside;
  };
  const settled = (setAside: number, took: number) => {
    tokens += took - setAside;
    if (budgets !== undefined) unsettled += took - setAside;
  };
  const waiting = async <T>(wait: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await wait();
    } finally {
      waitLeft = Math.max(0, waitLeft - (performance.now() - start));
    }
  };

  return {
    async admit(request, signal) {
      let setAside = await waiting(() => take(request, signal));
      if (setAside === undefined) return undefined;
      const pass = await waiting(() => throttle.enter(origin, waitLeft, signal));
      if (pass === undefined) return undefined;
      parts.onCall();
      let usage: number | undefined;
      let characters = 0;
      let isRefused = false;
      let over = false;
      /** What a request took that the endpoint did not count, or not yet: it read all of it, and wrote what we saw. */
      const took = () => usage ?? promptTokens(request) + Math.ceil(characters / CHARACTERS_PER_TOKEN);
      return {
        answered: pass.answered,
        refused(retryAfterMs) {
          isRefused = true;
          pass.refused(retryAfterMs);
        },
        wrote: (more) => {
          characters += more;
        },
        used: (more) => {
          usage = (usage ?? 0) + more.promptTokens + more.completionTokens;
        },
        async again(by) {
          settled(setAside ?? 0, took());
          setAside = 0;
          usage = undefined;
          characters = 0;
          setAside = await take(request, by);
          if (setAside !== undefined) parts.onCall();
        },
        leave() {
          if (!over) settled(setAside ?? 0, isRefused ? 0 : took());
          over = true;
          pass.leave();
        },
      };
    },
    settle() {
      const due = Math.round(unsettled);
      unsettled = 0;
      return due;
    },
  };
}

/** For requests over NATS that are about no chat. All of them share one place, so that chats come first. */
export const accessByHand = (parts: AccessParts): TurnAccess =>
  accessFor(parts, originOf('by hand', undefined), undefined);

function promptTokens({ messages, tools = [] }: ModelRequest): number {
  const said = messages.reduce((sum, { text }) => sum + text.length, 0);
  const described = tools.reduce((sum, tool) => sum + JSON.stringify(tool).length, 0);
  return Math.ceil((said + described) / CHARACTERS_PER_TOKEN);
}
