import { ModelFailure } from '../model/model.ts';
import { createFairQueue, type Origin } from './fair-queue.ts';

/** Leave to make one request. */
export interface Pass {
  /** The endpoint has begun to answer. */
  answered(): void;
  /** It refused, and said, or did not say, when it is to be asked again. */
  refused(retryAfterMs: number | undefined): void;
  /** The request is over, in whichever way. */
  leave(): void;
}

/** [S6] Back-pressure of an endpoint that limits the rate of requests: who asks waits, by turns, and not for long. */
export interface Throttle {
  /**
   * Resolves when one more request may be made: at once in calm; undefined when `signal` was aborted meanwhile.
   * @throws ModelFailure `rate_limited`, when that takes longer than `waitMs`: at once, when it is known to.
   */
  enter(origin: Origin, waitMs: number, signal: AbortSignal): Promise<Pass | undefined>;
  /** Since when the endpoint limits us, and how many wait; undefined in calm. */
  readonly limited: { since: number; waiting: number } | undefined;
}

/** Where the endpoint does not say how long: the first wait, which doubles, and the longest. */
const FIRST_WAIT_MS = 500;
/** The same where it does, as it may say no time at all. */
const FIRST_NAMED_WAIT_MS = 100;
const LONGEST_WAIT_MS = 8_000;
/** So long after the last refusal nothing of it is left. */
const FORGOTTEN_AFTER_MS = 30_000;
/** Several processes were told the same moment: they do not come back in the same instant. */
const MAX_JITTER_MS = 250;

interface Waiting {
  go(): void;
}

/**
 * What the endpoint asks for is kept: nobody asks before. Then half as many requests may be unanswered at once as when it
 * refused, and one more with each that is answered, until there may be as many as then. A long answer that has begun
 * stands in nobody's way.
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
    const waitsNoMore = () => {
      if (waits) unanswered--;
      waits = false;
    };
    return {
      answered() {
        if (!waits) return;
        waitsNoMore();
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
        // Those that were under way together are refused together: that is one refusal.
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
        waitsNoMore();
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
          clearTimeout(patience);
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
        const patience = setTimeout(() => {
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
