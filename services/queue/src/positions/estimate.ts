import type { Estimate } from '@baton/contracts';

/** With fewer handling times than this there is no basis for an estimate. */
const FEWEST_SAMPLES = 5;

/** What estimates are made from. */
export interface Basis {
  /** How long agents lately held a session. */
  handlingSeconds: readonly number[];
  agentsOnDuty: number;
  /** Chats that the agents on duty may hold at once. */
  totalCapacity: number;
  /** Chats in agents' hands. */
  held: number;
}

/**
 * [Q4] The further wait of whoever has this place, as a range; null when there is no basis.
 *
 * The agents on duty are a station of `totalCapacity` servers. With all of them busy, and handling times of mean S, one
 * of them ends every S / totalCapacity on average (the superposition of as many renewal processes), so a place that
 * needs n of them to end waits about n · S / totalCapacity. Places within the room that is free now need none; every
 * other needs one for each place before it that finds no room either, and one for itself. The range comes from the
 * quartiles of the handling times in the place of their mean: half of all chats take between them. It is rounded, so
 * that it promises no precision that it does not have and is not told anew with every second.
 */
export function estimateWait(position: number, basis: Basis | null): Estimate | null {
  if (basis === null || basis.handlingSeconds.length < FEWEST_SAMPLES) return null;
  if (basis.agentsOnDuty === 0 || basis.totalCapacity === 0) return null;
  const sorted = [...basis.handlingSeconds].sort((a, b) => a - b);
  const free = Math.max(0, basis.totalCapacity - basis.held);
  const endings = Math.max(0, position - free);
  const low = (endings * quantile(sorted, 0.25)) / basis.totalCapacity;
  // Whoever needs no chat to end still waits for somebody to pick up: at most about as long as until one ends.
  const high = (Math.max(1, endings) * quantile(sorted, 0.75)) / basis.totalCapacity;
  return { lowSeconds: rounded(low, Math.floor), highSeconds: rounded(high, Math.ceil) };
}

/** Linear interpolation between order statistics (R's type 7). `sorted` is not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

/** To 5 s below a minute, 15 s below five minutes, a minute below an hour, then five minutes. */
function rounded(seconds: number, round: (value: number) => number): number {
  const step = seconds < 60 ? 5 : seconds < 300 ? 15 : seconds < 3_600 ? 60 : 300;
  return round(seconds / step) * step;
}
