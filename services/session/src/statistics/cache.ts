const SHARE = 0.2;
const FREE_MS = 50;

/**
 * Bounds what a query costs, however often it is asked for. Callers at one moment share one computation; one that took
 * longer than 50 ms is kept for five times of what it took beyond that, and so takes a fifth of the time at most.
 * A failure is not kept.
 */
export function cached<T>(compute: () => Promise<T>, now: () => number = () => performance.now()) {
  let kept: { value: T; until: number } | undefined;
  let underWay: Promise<T> | undefined;
  const computeOnce = async () => {
    const start = now();
    try {
      const value = await compute();
      const end = now();
      kept = { value, until: end + (end - start - FREE_MS) / SHARE };
      return value;
    } finally {
      underWay = undefined;
    }
  };
  return (): Promise<T> => {
    if (kept !== undefined && now() < kept.until) return Promise.resolve(kept.value);
    underWay ??= computeOnce();
    return underWay;
  };
}
