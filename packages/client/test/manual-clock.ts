import type { Clock } from '../src/index.ts';

/** Everything that was begun and needs no time has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still until it is advanced. */
export function manualClock(random: () => number = () => 0.5) {
  let now = Date.parse('2026-03-02T09:30:00.000Z');
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(milliseconds, run) {
      const timer = { at: now + milliseconds, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    random,
  };
  return {
    clock,
    get pending() {
      return timers.length;
    },
    /** Lets time pass; what becomes due happens in order, each with all that follows from it. */
    async pass(milliseconds: number): Promise<void> {
      const end = now + milliseconds;
      for (;;) {
        await settled();
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
      await settled();
    },
  };
}
export type ManualClock = ReturnType<typeof manualClock>;
