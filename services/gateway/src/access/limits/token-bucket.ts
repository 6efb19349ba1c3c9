/** Takes of a kind are allowed at `perSecond` in the long run, and up to `burst` of them at once. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Buckets are looked through for full ones at most this often. */
const SWEEP_MS = 10_000;
/** A key costs some 200 bytes. Beyond this many the oldest is forgotten: its limit begins anew. */
const MAX_KEYS = 100_000;

/**
 * A token bucket (https://en.wikipedia.org/wiki/Token_bucket). Times are milliseconds of any steady clock.
 */
export class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Whether `amount` more is allowed now; if so it is counted. */
  take(now: number, amount = 1): boolean {
    this.#fill(now);
    if (this.#tokens < amount) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Whether there is anything left. */
  has(now: number): boolean {
    this.#fill(now);
    return this.#tokens > 0;
  }

  /** Counts what was not known before it was done: it may be more than there was, and is missing later. */
  spend(now: number, amount: number): void {
    this.#fill(now);
    this.#tokens -= amount;
  }

  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#rate.burst;
  }

  #fill(now: number): void {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) / 1_000) * perSecond);
    this.#at = now;
  }
}

/** Buckets by key. One that has filled up again is forgotten, so memory follows those who are active. */
export function createBuckets(rate: Rate, maxKeys = MAX_KEYS) {
  const buckets = new Map<string, Bucket>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  const sweep = (now: number) => {
    if (now - sweptAt < SWEEP_MS) return;
    sweptAt = now;
    for (const [key, bucket] of buckets) if (bucket.isFull(now)) buckets.delete(key);
  };

  const bucketOf = (key: string, now: number): Bucket => {
    sweep(now);
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const [oldest] = buckets.keys();
    if (oldest !== undefined && buckets.size >= maxKeys) buckets.delete(oldest);
    const bucket = new Bucket(rate, now);
    buckets.set(key, bucket);
    return bucket;
  };

  return {
    /** Whether `amount` more of `key` is allowed now; if so it is counted. */
    take: (key: string, now: number, amount = 1): boolean => bucketOf(key, now).take(now, amount),
    has: (key: string, now: number): boolean => buckets.get(key)?.has(now) ?? true,
    spend: (key: string, now: number, amount: number): void => bucketOf(key, now).spend(now, amount),
    get size() {
      return buckets.size;
    },
  };
}
