const SHARE = 0.2;
const FREE_MS = 50;

/**
 * Bounds the cost of an expensive query. Concurrent callers share one computation. The value of one that took longer
 * than 50 ms is kept for five times the excess, so computing takes at most a fifth of the time. Failures are not kept.
 */
export function cached<T>(compute: () => Promise<T>, now: () => number = () => performance.now()) {
  let kept: { value: T; until: number } | undefined;
  let inFlight: Promise<T> | undefined;
  const computeOnce = async () => {
    const start = now();
    try {
      const value = await compute();
      const end = now();
      kept = { value, until: end + (end - start - FREE_MS) / SHARE };
      return value;
    } finally {
      inFlight = undefined;
    }
  };
  return (): Promise<T> => {
    if (kept !== undefined && now() < kept.until) return Promise.resolve(kept.value);
    inFlight ??= computeOnce();
    return inFlight;
  };
}
