import { setTimeout as pause } from 'node:timers/promises';

/** How long a local server keeps an idle model loaded: Ollama's default is 5 minutes. */
const KEPT_LOADED_MS = 4 * 60_000;
const TICK_MS = 250;

export type Opened<T> = { is: 'open'; value: T } | { is: 'waiting' } | { is: 'given_up' };

/**
 * Loading a model takes longer than a customer waits, and a server stops loading when the request that caused it is
 * aborted: each customer would start it again, and none would get an answer. So one request waits for the model, and is
 * not aborted when its customer is handed off; all others wait for that request.
 */
export function createLoading(now: () => number = Date.now) {
  let answeredAt = Number.NEGATIVE_INFINITY;
  let first: Promise<unknown> | undefined;
  const isCold = () => now() - answeredAt > KEPT_LOADED_MS;

  return {
    /** The model has begun to answer: it is loaded. */
    answers: () => {
      answeredAt = now();
    },
    /**
     * Sends a request, and yields `waiting` every moment until it is open, for at most `loadMs`: then it waits in
     * silence. The signal that `send` is given differs from the caller's while the model is loading.
     */
    async *open<T>(
      send: (signal: AbortSignal) => Promise<T>,
      loadMs: number,
      signal: AbortSignal,
    ): AsyncGenerator<Opened<T>> {
      if (loadMs === 0 || !isCold()) return yield { is: 'open', value: await send(signal) };
      const until = now() + loadMs;
      const others = first;
      if (others !== undefined) {
        yield* waitFor(
          others.catch(() => {}),
          until,
          signal,
        );
        if (signal.aborted) return yield { is: 'given_up' };
        // The model is loaded, or the request that waited for it failed: this one is next.
        return yield* this.open(send, loadMs, signal);
      }
      const own = new AbortController();
      const timer = setTimeout(() => own.abort(), loadMs);
      const sent = send(own.signal);
      first = sent;
      const settled = sent.then(
        () => this.answers(),
        () => {},
      );
      void settled.finally(() => {
        clearTimeout(timer);
        first = undefined;
      });
      yield* waitFor(settled, until, signal);
      if (signal.aborted) {
        // The request goes on until the model is loaded, and is then aborted.
        void settled.then(() => own.abort());
        return yield { is: 'given_up' };
      }
      const value = await sent;
      signal.addEventListener('abort', () => own.abort(), { once: true });
      yield { is: 'open', value };
    },
  };

  async function* waitFor(
    what: Promise<unknown>,
    until: number,
    signal: AbortSignal,
  ): AsyncGenerator<{ is: 'waiting' }> {
    let over = false;
    const end = () => {
      over = true;
    };
    void what.then(end, end);
    while (!over && !signal.aborted) {
      await Promise.race([what.catch(() => {}), tick(signal)]);
      if (!over && !signal.aborted && now() < until) yield { is: 'waiting' };
    }
  }
}

/** Ends at once when it is aborted. */
const tick = (signal: AbortSignal): Promise<void> => pause(TICK_MS, undefined, { signal }).catch(() => {});
