import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds; 15 000 unless told: a busy machine may be slow, and only a fault waits so long. */
  within?: number;
  /** Milliseconds between looks; 20 unless told. */
  every?: number;
  /** What is waited for, for the failure message; the condition's source text unless told. */
  what?: string;
}

/**
 * Waits until the condition gives something truthy, and returns that. A condition that throws is not fulfilled yet.
 * Fails with what was waited for and what the last look saw.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const { within = 15_000, every = 20, what = condition.toString() } = options;
  const deadline = performance.now() + within;
  for (;;) {
    let seen: string;
    try {
      const value = await condition();
      // What is truthy is none of the excluded values; the compiler does not narrow a type parameter that way.
      if (value) return value as Exclude<T, false | null | undefined | 0 | ''>;
      seen = `the last look saw ${String(value)}`;
    } catch (error) {
      seen = `the last look failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() >= deadline) throw new Error(`Not within ${within} ms: ${what} (${seen})`);
    await pause(every);
  }
}
