const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** How long to wait before the n-th restart in a row (from 0), in milliseconds. */
export function restartPause(inARow: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** inARow, LONGEST_PAUSE_MS);
}
