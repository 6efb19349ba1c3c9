export interface Coalesced {
  /** Runs at once when the last run is old enough, and otherwise once it is. */
  ask(): void;
  /** Runs now what was asked for and has not begun. */
  flush(): void;
  /** No further runs; resolves when the one in progress has ended. */
  stop(): Promise<void>;
}

/**
 * Makes few runs of many requests: the first runs at once, further ones at most every `everyMs`, and the last request
 * is never lost. Runs do not overlap: what is asked for during one is run after it.
 */
export function coalesce(options: {
  everyMs: number;
  run: () => void | Promise<void>;
  /** Of a run that throws or rejects. The next request runs as usual. Left out where no run can fail. */
  onError?: (error: unknown) => void;
}): Coalesced {
  const { onError = rethrow } = options;
  let startedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const start = () => {
    clearTimeout(timer);
    timer = undefined;
    startedAt = performance.now();
    try {
      const result = options.run();
      if (!(result instanceof Promise)) return;
      running = result.catch(onError).then(() => {
        running = undefined;
        if (again) ask();
      });
    } catch (error) {
      onError(error);
    }
  };
  const ask = () => {
    if (stopped || timer !== undefined) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    again = false;
    const wait = startedAt + options.everyMs - performance.now();
    if (wait > 0) timer = setTimeout(start, wait);
    else start();
  };

  return {
    ask,
    flush() {
      if (timer !== undefined) start();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      timer = undefined;
      await running;
    },
  };
}

function rethrow(error: unknown): never {
  throw error;
}
