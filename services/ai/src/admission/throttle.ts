import { ModelFailure } from '../model/model.ts';
import { createFairQueue, type Origin } from './fair-queue.ts';

/** Lets one request through. */
export interface Pass {
  /** The endpoint has begun to answer. */
  answered(): void;
  /** The endpoint refused, with or without a time to wait. */
  refused(retryAfterMs: number | undefined): void;
  /** The request is over, with or without an answer. */
  leave(): void;
}

/** [S6] Backpressure of an endpoint with a rate limit: requests wait in a fair queue, for a bounded time. */
export interface Throttle {
  /**
   * Resolves when one more request may be made, at once while the endpoint does not limit; undefined when `signal` was
   * aborted. @throws ModelFailure `rate_limited` when that takes, or is known to take, longer than `waitMs`.
   */
  enter(origin: Origin, waitMs: number, signal: AbortSignal): Promise<Pass | undefined>;
  /** Since when the endpoint limits, and how many requests wait; undefined while it does not. */
  readonly limited: { since: number; waiting: number } | undefined;
}

/** Exponential backoff where the endpoint names no time: the first wait and the longest. */
const FIRST_WAIT_MS = 500;
/** The first wait where the endpoint names a time, which may be zero. */
const FIRST_NAMED_WAIT_MS = 100;
const LONGEST_WAIT_MS = 8_000;
/** The limit is forgotten this long after the last refusal. */
const FORGOTTEN_AFTER_MS = 30_000;
/** Several processes were told the same time: jitter keeps them from returning at the same instant. */
const MAX_JITTER_MS = 250;

interface Waiting {
  go(): void;
}

/**
 * Additive increase, multiplicative decrease. No request is made before the time that the endpoint named. Then half as
 * many may be unanswered at once as when it refused, and one more after each answer, until the old number is reached. A
 * request counts until its answer begins, so long answers block nobody.
 */
export function createThrottle(now: () => number = Date.now, random: () => number = Math.random): Throttle {
  const queue = createFairQueue<Waiting>();
  let unanswered = 0;
  let limit = Number.POSITIVE_INFINITY;
  let opensAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let since: number | undefined;
  let atOnceThen = 0;
  let halvedAt = 0;
  let refusedAt = 0;
  let refusals = 0;

  const calmDown = () => {
    limit = Number.POSITIVE_INFINITY;
    since = undefined;
    refusals = 0;
  };
  const look = () => {
    if (since !== undefined && now() >= opensAt && now() - refusedAt >= FORGOTTEN_AFTER_MS) calmDown();
  };
  const serve = () => {
    look();
    clearTimeout(timer);
    timer = undefined;
    if (queue.size === 0) return;
    if (now() < opensAt) {
      timer = setTimeout(serve, opensAt - now());
      return;
    }
    while (unanswered < limit) {
      const next = queue.take();
      if (next === undefined) return;
      next.go();
    }
  };

  const pass = (): Pass => {
    unanswered++;
    const begun = now();
    let waits = true;
    const countsNoMore = () => {
      if (waits) unanswered--;
      waits = false;
    };
    return {
      answered() {
        if (!waits) return;
        countsNoMore();
        if (since === undefined) return;
        refusals = 0;
        limit++;
        if (limit >= atOnceThen) calmDown();
        serve();
      },
      refused(retryAfterMs) {
        const at = now();
        if (since === undefined) atOnceThen = unanswered;
        since ??= at;
        // Requests that were under way together are refused together: that is one refusal.
        if (begun >= halvedAt) {
          limit = Math.max(1, Math.floor(Math.min(limit, unanswered) / 2));
          halvedAt = at + 1;
          refusals++;
        }
        refusedAt = at;
        const first = retryAfterMs === undefined ? FIRST_WAIT_MS : FIRST_NAMED_WAIT_MS;
        const wait = Math.max(retryAfterMs ?? 0, Math.min(first * 2 ** (refusals - 1), LONGEST_WAIT_MS));
        opensAt = Math.max(opensAt, at + wait + random() * Math.min(MAX_JITTER_MS, wait / 10));
      },
      leave() {
        countsNoMore();
        serve();
      },
    };
  };

  return {
    async enter(origin, waitMs, signal) {
      if (signal.aborted) return undefined;
      look();
      if (queue.size === 0 && now() >= opensAt && unanswered < limit) return pass();
      if (opensAt - now() > waitMs) throw new ModelFailure('rate_limited', { retryAfterMs: opensAt - now() });
      return new Promise((resolve, reject) => {
        const settle = () => {
          clearTimeout(timeout);
          signal.removeEventListener('abort', onAbort);
        };
        const waiting: Waiting = {
          go() {
            settle();
            resolve(pass());
          },
        };
        const onAbort = () => {
          queue.remove(origin, waiting);
          settle();
          resolve(undefined);
        };
        const timeout = setTimeout(() => {
          queue.remove(origin, waiting);
          settle();
          reject(new ModelFailure('rate_limited', { detail: 'for longer than may be waited' }));
        }, waitMs);
        signal.addEventListener('abort', onAbort, { once: true });
        queue.add(origin, waiting);
        serve();
      });
    },
    get limited() {
      look();
      return since === undefined ? undefined : { since, waiting: queue.size };
    },
  };
}
