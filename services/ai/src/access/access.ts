import { ModelFailure } from '../model.ts';
import type { Whose } from './fair-queue.ts';
import type { Pass, Throttle } from './throttle.ts';

/** Leave to ask the model. Whoever asks it gets leave before each request to the endpoint, repeats included. */
export interface Access {
  /** Resolves when the request may be made; undefined when `signal` was aborted meanwhile. @throws ModelFailure */
  admit(signal: AbortSignal): Promise<Pass | undefined>;
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
      return { answered() {}, refused, leave() {} };
    },
  };
}

/** What all of one process share. */
export interface AccessParts {
  throttle: Throttle;
  /** How long one turn may wait, all its requests together. */
  waitMs: number;
}

/** The access of one turn, or of another piece of work for one customer. */
export function accessFor({ throttle, waitMs }: AccessParts, whose: Whose): Access {
  let left = waitMs;
  return {
    async admit(signal) {
      const start = performance.now();
      try {
        return await throttle.enter(whose, left, signal);
      } finally {
        left = Math.max(0, left - (performance.now() - start));
      }
    },
  };
}
