import { failures, type ModelFailure } from './model.ts';

/**
 * Decides whether the model is worth asking. When it has failed several times in a row, customers are handed over at
 * once instead of each waiting for it in vain; from time to time one turn tries it again. [A1]
 */
export interface Circuit {
  /** False: hand over at once. True obliges the caller to report how it went. */
  mayAsk(): boolean;
  succeeded(): void;
  /** Failures of one answer only, such as a filtered one, say nothing of the next. */
  failed(failure: ModelFailure): void;
  /** The turn was called off before the model could show anything. */
  undecided(): void;
  /** The last of the failures that opened it; undefined again as soon as the model has answered. */
  readonly brokenBy: ModelFailure | undefined;
}

export const FAILURES_TO_OPEN = 3;
const OPEN_FOR_MS = 15_000;

export function createCircuit(now: () => number = Date.now): Circuit {
  let inARow = 0;
  let openUntil = 0;
  let probing = false;
  let lastFailure: ModelFailure | undefined;
  return {
    mayAsk() {
      if (inARow < FAILURES_TO_OPEN) return true;
      if (now() < openUntil || probing) return false;
      probing = true;
      return true;
    },
    succeeded() {
      inARow = 0;
      probing = false;
    },
    failed(failure) {
      probing = false;
      if (!failures[failure.kind].outage) return;
      inARow++;
      lastFailure = failure;
      if (inARow >= FAILURES_TO_OPEN) openUntil = now() + OPEN_FOR_MS;
    },
    undecided() {
      probing = false;
    },
    get brokenBy() {
      return inARow < FAILURES_TO_OPEN ? undefined : lastFailure;
    },
  };
}
