/** Allows `perSecond` in the long run, and up to `burst` at once. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Full buckets are removed at most this often. */
const SWEEP_MS = 10_000;
/** A key costs some 200 bytes. Beyond this many, the oldest is forgotten and its limit starts afresh. */
const MAX_KEYS = 100_000;

/**
 * A token bucket (https://en.wikipedia.org/wiki/Token_bucket). Times are milliseconds of any monotonic clock.
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

  /** Takes `amount` if it is allowed now. */
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

  /** Takes `amount` if there is anything left: the balance may become negative. */
  draw(now: number, amount: number): boolean {
    if (!this.has(now)) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Milliseconds until there is anything left. */
  msUntilAny(now: number): number {
    this.#fill(now);
    return Math.max(0, (-this.#tokens / this.#rate.perSecond) * 1_000);
  }

  /** Takes an amount that is only known afterwards: the balance may become negative. */
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

/** Buckets by key. A full bucket is removed, so memory is proportional to the active keys. */
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
    /** Takes `amount` of `key` if it is allowed now. */
    take: (key: string, now: number, amount = 1): boolean => bucketOf(key, now).take(now, amount),
    has: (key: string, now: number): boolean => buckets.get(key)?.has(now) ?? true,
    draw: (key: string, now: number, amount: number): boolean => bucketOf(key, now).draw(now, amount),
    msUntilAny: (key: string, now: number): number => buckets.get(key)?.msUntilAny(now) ?? 0,
    spend: (key: string, now: number, amount: number): void => bucketOf(key, now).spend(now, amount),
    get size() {
      return buckets.size;
    },
  };
}
