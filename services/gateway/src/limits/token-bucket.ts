/** Takes of a kind are allowed at `perSecond` in the long run, and up to `burst` of them at once. */
export interface Rate {
  perSecond: number;
  burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets are looked through for full ones at most this often. */
const SWEEP_MS = 10_000;

/**
 * Token buckets by key (https://en.wikipedia.org/wiki/Token_bucket). A bucket that has filled up again is forgotten, so
 * memory follows those who are active. Times are milliseconds of any steady clock.
 */
export function createBuckets(rate: Rate) {
  const buckets = new Map<string, Bucket>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  const fill = (bucket: Bucket, now: number) => {
    bucket.tokens = Math.min(rate.burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * rate.perSecond);
    bucket.at = now;
    return bucket;
  };
  const sweep = (now: number) => {
    if (now - sweptAt < SWEEP_MS) return;
    sweptAt = now;
    for (const [key, bucket] of buckets) if (fill(bucket, now).tokens >= rate.burst) buckets.delete(key);
  };

  return {
    /** Whether one more of `key` is allowed now; if so it is counted. */
    take(key: string, now: number): boolean {
      sweep(now);
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        bucket = { tokens: rate.burst, at: now };
        buckets.set(key, bucket);
      }
      fill(bucket, now);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
    get size() {
      return buckets.size;
    },
  };
}
