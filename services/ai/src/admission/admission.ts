import type { SessionApi } from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import type { AiConfig } from '../config.ts';
import type { AiMetrics } from '../metrics.ts';
import { ModelFailure, type ModelRequest, type Usage } from '../model/model.ts';
import { budgetsOf } from './budget-settings.ts';
import { createModelBudgets, type ModelBudgets, type TakenCall } from './budgets.ts';
import { type Origin, originOf } from './fair-queue.ts';
import type { Pass, Throttle } from './throttle.ts';

/** Admits requests to the model, one by one: every request to the endpoint needs an admission, retries included. */
export interface Admitter {
  /** Resolves when the request may be made; undefined when `signal` was aborted first. @throws ModelFailure */
  admit(request: ModelRequest, signal: AbortSignal): Promise<Admission | undefined>;
}

/** The admission of one request, until the request is over. */
export interface Admission {
  /** The endpoint has begun to answer. */
  answered(): void;
  /** The endpoint refused for its rate limit, with or without a time to wait. */
  refused(retryAfterMs: number | undefined): void;
  /** The model wrote so many characters. */
  wrote(characters: number): void;
  used(usage: Usage): void;
  /** Admits a repeat of the same request, as one more request. @throws ModelFailure when a budget refuses it. */
  again(signal: AbortSignal): Promise<void>;
  /** The request is over, with or without an answer. */
  leave(): void;
}

/** For the service's own checks of the endpoint, which are few: at once, and not again after a rate limit. */
export function unlimitedAdmitter(): Admitter {
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
export interface AdmissionParts {
  throttle: Throttle;
  /** Undefined where nothing is limited. */
  budgets: ModelBudgets | undefined;
  /** The budget of one message, or of one request over NATS; 0: no limit. */
  ofMessage: { calls: number; tokens: number };
  /** How long one turn may wait for admission, all its requests together. */
  waitMs: number;
  /** Called for each request that is made. */
  onCall: () => void;
}

/** The tokens reserved for one request, and its call where calls are counted. */
interface Reservation {
  tokens: number;
  call?: TakenCall | undefined;
}

export interface TurnAdmitter extends Admitter {
  /** By how much finished requests exceeded their reserved tokens, since the last call. May be negative. */
  settle(): number;
}

export function createAdmission(options: {
  session: Pick<Caller<SessionApi>, 'takeModelCall'>;
  throttle: Throttle;
  config: AiConfig;
  metrics: AiMetrics;
  log: Log;
}): AdmissionParts {
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

/** An estimate for any language, used until the endpoint has counted. */
const CHARACTERS_PER_TOKEN = 3;

/**
 * Admits the requests of one turn, or of other work for one session. Checks the message's own budget, then the budgets
 * shared by all services, then the endpoint's rate limit. `messageSeq` names the message that a request is about, as
 * one message may take several turns.
 */
export function admitterFor(
  parts: AdmissionParts,
  origin: Origin,
  sessionId: string | undefined,
  messageSeq: () => number | undefined = () => undefined,
): TurnAdmitter {
  const { throttle, budgets, ofMessage } = parts;
  let waitLeft = parts.waitMs;
  let calls = 0;
  let tokens = 0;
  let unsettled = 0;
  /** Calls that were taken, and whose turn restarted before they were made: the next requests use them. */
  const unmade: { tokens: number; call: TakenCall }[] = [];

  const reserve = async (request: ModelRequest, signal: AbortSignal): Promise<Reservation> => {
    if (ofMessage.calls > 0 && calls >= ofMessage.calls)
      throw new ModelFailure('over_budget', { detail: `one message: ${ofMessage.calls} calls` });
    if (ofMessage.tokens > 0 && tokens >= ofMessage.tokens)
      throw new ModelFailure('over_budget', { detail: `one message: ${ofMessage.tokens} tokens` });
    const reserved = promptTokens(request) + request.maxTokens;
    calls++;
    const call = await takeOrRetake(reserved, signal);
    tokens += reserved;
    return { tokens: reserved, call };
  };
  const takeOrRetake = async (reserved: number, signal: AbortSignal): Promise<TakenCall | undefined> => {
    if (budgets === undefined) return undefined;
    const about = { sessionId, messageSeq: messageSeq() };
    for (let last = unmade.pop(); last !== undefined; last = unmade.pop()) {
      unsettled -= last.tokens;
      if (Date.now() > last.call.dueAt + parts.waitMs / 2) continue;
      const call = await budgets.retake(last.call, about, signal);
      unsettled += reserved;
      return call;
    }
    return budgets.take({ ...about, tokens: reserved, waitMs: waitLeft }, signal);
  };
  const keepUnmade = (reservation: Reservation): void => {
    calls--;
    tokens -= reservation.tokens;
    if (reservation.call !== undefined) unmade.push({ tokens: reservation.tokens, call: reservation.call });
  };
  /** The window of a minute is longer by the longest wait, so a call may be made that late. */
  const untilTooLate = ({ call }: Reservation) =>
    call === undefined ? Number.POSITIVE_INFINITY : Math.max(0, call.dueAt + parts.waitMs - Date.now());
  const settled = (reserved: number, took: number) => {
    tokens += took - reserved;
    if (budgets !== undefined) unsettled += took - reserved;
  };
  const waiting = async <T>(wait: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await wait();
    } finally {
      waitLeft = Math.max(0, waitLeft - (performance.now() - start));
    }
  };

  /** @returns undefined when `signal` was aborted; then, and when it throws, the call was not made. */
  const enter = async (reservation: Reservation, signal: AbortSignal) => {
    let pass: Pass | undefined;
    try {
      const waitMs = Math.min(waitLeft, untilTooLate(reservation));
      pass = await waiting(() => throttle.enter(origin, waitMs, signal));
    } finally {
      if (pass === undefined) keepUnmade(reservation);
    }
    return pass;
  };

  return {
    async admit(request, signal) {
      const reservation = await waiting(() => reserve(request, signal));
      const pass = await enter(reservation, signal);
      if (pass === undefined) return undefined;
      let reserved = reservation.tokens;
      parts.onCall();
      let usage: number | undefined;
      let characters = 0;
      let isRefused = false;
      let over = false;
      /** Tokens of a request that the endpoint has not counted: it read the whole prompt, and wrote what was seen. */
      const used = () => usage ?? promptTokens(request) + Math.ceil(characters / CHARACTERS_PER_TOKEN);
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
          settled(reserved, used());
          reserved = 0;
          usage = undefined;
          characters = 0;
          const next = await reserve(request, by);
          if (by.aborted) return keepUnmade(next);
          reserved = next.tokens;
          parts.onCall();
        },
        leave() {
          if (!over) settled(reserved, isRefused ? 0 : used());
          over = true;
          pass.leave();
        },
      };
    },
    settle() {
      for (const one of unmade.splice(0)) unsettled -= one.tokens;
      const due = Math.round(unsettled);
      unsettled = 0;
      return due;
    },
  };
}

/** For requests over NATS that belong to no session. They share one origin, so that customers come first. */
export const admitterByHand = (parts: AdmissionParts): TurnAdmitter =>
  admitterFor(parts, originOf('by hand', undefined), undefined);

function promptTokens({ messages, tools = [] }: ModelRequest): number {
  const said = messages.reduce((sum, { text }) => sum + text.length, 0);
  const described = tools.reduce((sum, tool) => sum + JSON.stringify(tool).length, 0);
  return Math.ceil((said + described) / CHARACTERS_PER_TOKEN);
}
