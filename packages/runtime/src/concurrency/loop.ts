import type { Log } from '../observability/logger.ts';

export interface Loop {
  /** Runs as soon as possible; during a run, once more after it. */
  kick(): void;
  /** No further runs; resolves when the one in progress has ended. */
  stop(): Promise<void>;
}

/**
 * Runs `run` every `everyMs`, never twice at once, a little jittered so that instances do not march in step.
 * A run that fails is logged and does not end the loop: the next one starts from the record.
 */
export function startLoop(options: {
  name: string;
  everyMs: number;
  log: Log;
  run: () => Promise<void>;
  atOnce?: boolean;
}): Loop {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const schedule = (delay: number) => {
    clearTimeout(timer);
    timer = setTimeout(tick, delay);
  };
  const tick = () => {
    running = options
      .run()
      .catch((error: unknown) =>
        options.log.error({ err: error, loop: options.name }, 'a periodic job failed; it runs again'),
      )
      .finally(() => {
        running = undefined;
        if (stopped) return;
        schedule(again ? 0 : options.everyMs * (0.9 + Math.random() * 0.2));
        again = false;
      });
  };

  schedule(options.atOnce ? 0 : options.everyMs * Math.random());
  return {
    kick() {
      if (stopped) return;
      if (running) again = true;
      else schedule(0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
