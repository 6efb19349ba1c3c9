import type { Estimate } from '@baton/contracts';

/** Fewer handling times than this make no estimate. */
const MIN_SAMPLES = 5;

export interface EstimateInputs {
  /** How long recent sessions were assigned to an agent, the shortest first. */
  handlingSeconds: readonly number[];
  agentsOnline: number;
  /** Sessions that the online agents can have at once. */
  totalCapacity: number;
  /** Sessions that are assigned to agents now. */
  assigned: number;
}

/**
 * [Q4] The remaining wait at a position, as a range; null without enough inputs.
 *
 * The online agents are a station of `totalCapacity` servers. When all are busy and handling times have the mean S, one
 * session ends every S / totalCapacity on average (the superposition of that many renewal processes), so a position
 * that needs n sessions to end waits about n · S / totalCapacity. With f free places the
 * first f positions need none, and position p needs p − f. The range uses the quartiles
 * of the handling times instead of the mean: half of all sessions last between them. It is rounded, so that it does not
 * pretend to be precise and is not sent again every second.
 */
export function estimateWait(position: number, inputs: EstimateInputs | null): Estimate | null {
  if (inputs === null || inputs.handlingSeconds.length < MIN_SAMPLES) return null;
  if (inputs.agentsOnline === 0 || inputs.totalCapacity === 0) return null;
  const free = Math.max(0, inputs.totalCapacity - inputs.assigned);
  const endings = Math.max(0, position - free);
  const low = (endings * quantile(inputs.handlingSeconds, 0.25)) / inputs.totalCapacity;
  // With free capacity the customer still waits for an agent to claim: at most about as long as until one session ends.
  const high = (Math.max(1, endings) * quantile(inputs.handlingSeconds, 0.75)) / inputs.totalCapacity;
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
