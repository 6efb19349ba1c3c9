import { setImmediate, setTimeout } from 'node:timers/promises';
import { sequence } from '../seeded.ts';

export interface Pace {
  /** Tokens a second; 0 means as fast as the connection takes them. */
  readonly tokensPerSecond: number;
  /** Time to the first token. */
  readonly firstTokenMs: number;
}

/** How far a single token's time may be from the mean, as a share of it. */
const JITTER = 0.5;

/**
 * Gives the items one by one at the pace of somebody typing fast: jittered, the mean kept, and late items caught up.
 * @throws AbortError when the signal fires
 */
export async function* paced<T>(items: Iterable<T>, pace: Pace, seed: number, signal: AbortSignal): AsyncGenerator<T> {
  const random = sequence(seed);
  const meanMs = pace.tokensPerSecond > 0 ? 1000 / pace.tokensPerSecond : 0;
  let due = performance.now() + pace.firstTokenMs;
  let sinceYield = 0;
  for (const item of items) {
    const wait = due - performance.now();
    if (wait >= 1) {
      await setTimeout(wait, undefined, { signal });
      sinceYield = 0;
    } else if (++sinceYield >= 64) {
      // Without a pause an endless reply would never let the event loop notice that the client left.
      await setImmediate(undefined, { signal });
      sinceYield = 0;
    }
    signal.throwIfAborted();
    yield item;
    due += meanMs * (1 - JITTER + 2 * JITTER * random());
  }
}

/** Resolves when the signal fires: for behaviours that do nothing until the client leaves. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
