import type { Log } from '@baton/runtime';

/**
 * Coalesces requests into runs: the first runs at once, further ones at most every `everyMs`. Runs do not overlap, and
 * the last request is never lost. A run that fails is logged.
 */
export function coalesce(everyMs: number, log: Log, run: () => Promise<void>) {
  let startedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const start = () => {
    timer = undefined;
    startedAt = performance.now();
    running = run()
      .catch((error: unknown) => log.error({ err: error }, 'a coalesced run failed'))
      .finally(() => {
        running = undefined;
        if (again) ask();
      });
  };
  const ask = () => {
    if (stopped || timer !== undefined) return;
    if (running) {
      again = true;
      return;
    }
    again = false;
    const wait = startedAt + everyMs - performance.now();
    if (wait > 0) timer = setTimeout(start, wait);
    else start();
  };

  return {
    ask,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
