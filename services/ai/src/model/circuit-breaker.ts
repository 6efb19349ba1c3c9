import { failures, type ModelFailure } from './model.ts';

/**
 * Decides whether the model is worth a request. After several failures in a row customers are handed off at once,
 * instead of each waiting in vain; from time to time one request probes the model. [A1]
 */
export interface CircuitBreaker {
  /** False: hand off at once. True obliges the caller to record how the request went. */
  allows(): boolean;
  recordSuccess(): void;
  /** A failure that says nothing about the next request, such as a filtered answer, is not counted. */
  recordFailure(failure: ModelFailure): void;
  /** The request was aborted before it showed anything. */
  recordNothing(): void;
  /** The last of the failures that opened the breaker; undefined once the model has answered. */
  readonly openedBy: ModelFailure | undefined;
}

export const FAILURES_TO_OPEN = 3;
const OPEN_FOR_MS = 15_000;

export function createCircuitBreaker(now: () => number = Date.now): CircuitBreaker {
  let failuresInARow = 0;
  let openUntil = 0;
  let probing = false;
  let lastFailure: ModelFailure | undefined;
  return {
    allows() {
      if (failuresInARow < FAILURES_TO_OPEN) return true;
      if (now() < openUntil || probing) return false;
      probing = true;
      return true;
    },
    recordSuccess() {
      failuresInARow = 0;
      probing = false;
    },
    recordFailure(failure) {
      probing = false;
      if (!failures[failure.kind].outage) return;
      failuresInARow++;
      lastFailure = failure;
      if (failuresInARow >= FAILURES_TO_OPEN) openUntil = now() + OPEN_FOR_MS;
    },
    recordNothing() {
      probing = false;
    },
    get openedBy() {
      return failuresInARow < FAILURES_TO_OPEN ? undefined : lastFailure;
    },
  };
}
