import { setTimeout as pause } from 'node:timers/promises';

/** Timers of Node come up to this much late; what is later than that was held up. In milliseconds. */
const TIMER_SLACK_MS = 1.5;

/**
 * When the n-th of a steady stream is due, in milliseconds from its start, and since when its latency counts when it is
 * sent at `now`. Lateness of a timer is not the system's; but a generator that was held up, as when the system keeps it
 * waiting for a core, counts from when it should have sent: nothing is left out of the account ("coordinated
 * omission").
 */
export function countsFrom(dueMs: number, nowMs: number): number {
  return nowMs - dueMs <= TIMER_SLACK_MS ? nowMs : dueMs;
}

/**
 * Calls `fire` `perSecond` times a second for `seconds`, whether or not what it began before has ended, each time with
 * the moment (of performance.now) from which its latency counts.
 */
export async function openLoop(
  options: { perSecond: number; seconds: number },
  fire: (startMs: number, index: number) => void,
): Promise<{ offered: number; elapsedMs: number }> {
  const { perSecond, seconds } = options;
  const total = Math.round(perSecond * seconds);
  const begin = performance.now();
  const dueOf = (index: number) => begin + (index * 1_000) / perSecond;
  for (let index = 0; index < total; ) {
    for (let now = performance.now(); index < total && dueOf(index) <= now; index++)
      fire(countsFrom(dueOf(index), now), index);
    await pause(Math.max(1, Math.floor(dueOf(index) - performance.now())));
  }
  return { offered: total, elapsedMs: performance.now() - begin };
}
