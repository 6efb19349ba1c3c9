import type { Scene } from '../faults/fault.ts';
import type { Recorder } from '../history/recorder.ts';

/** One figure of a recovery and what it may be at most. */
export interface Figure {
  what: string;
  /** Milliseconds, or a count. */
  value: number;
  unit: 'ms' | '';
  atMost: number;
}

/** A fault by itself, on a system that is otherwise well and in use, and how it comes back. */
export interface Recovery {
  name: string;
  /** Does the harm, waits for the recovery, and says how long it took. */
  measure: (scene: Scene, recorder: Recorder) => Promise<Figure[]>;
  /** Nobody uses the system, and the checker has nothing to look at. */
  withoutPeople?: true;
  customers?: number;
  agents?: number;
  /** How long an agent may be gone; the usual of a run when it is not said. */
  graceMs?: number;
}

/** The value below which such a share of them lies; 0 of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Milliseconds until it is fulfilled, looked at every 10; infinite when it is not in time. */
export async function timeUntil(fulfilled: () => boolean | Promise<boolean>, withinMs: number): Promise<number> {
  const start = performance.now();
  while (performance.now() - start < withinMs) {
    if (await Promise.resolve(fulfilled()).catch(() => false)) return Math.round(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Number.POSITIVE_INFINITY;
}
