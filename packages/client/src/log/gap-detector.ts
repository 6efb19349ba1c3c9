import { createBackoff } from '../connection/backoff.ts';
import { GAP } from '../connection/timing.ts';
import type { Clock } from '../platform/environment.ts';
import { headOf, isMissing, type Log } from './session-log.ts';

/**
 * [M4] Asks for what is missing when a gap does not close by itself: first after a second, then more and more rarely.
 */
export function createGapDetector(clock: Clock, ask: () => void) {
  const backoff = createBackoff(clock, GAP);
  let headBefore = -1;
  let stopTimer: (() => void) | undefined;
  let latest: Log | undefined;

  const watch = () => {
    if (latest === undefined || stopTimer !== undefined) return;
    if (!isMissing(latest)) {
      backoff.reset();
      return;
    }
    headBefore = headOf(latest);
    stopTimer = clock.after(backoff.next(), () => {
      stopTimer = undefined;
      if (latest === undefined) return;
      // While it moves, it is being filled.
      if (isMissing(latest) && headOf(latest) === headBefore) ask();
      else backoff.reset();
      watch();
    });
  };
  return {
    /** Call after every change. */
    follow(log: Log): void {
      latest = log;
      watch();
    },
    stop(): void {
      stopTimer?.();
      stopTimer = undefined;
      latest = undefined;
      backoff.reset();
    },
  };
}
