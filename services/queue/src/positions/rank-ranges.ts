/** A part of one level, by rank from 0, ends included. */
export interface Slice {
  level: number;
  from: number;
  to: number;
}

/**
 * Cuts the levels (their lengths, high first) into slices of at most `size`, the last of the line first.
 *
 * From the back, because most changes take somebody out at the front: that moves all behind one place forward, into
 * slices that are still to come, so that nobody is passed over while a pass is under way.
 */
export function slicesFromBack(lengths: readonly number[], size: number): Slice[] {
  const slices: Slice[] = [];
  for (const [level, length] of [...lengths.entries()].reverse()) {
    for (let to = length - 1; to >= 0; to -= size) slices.push({ level, from: Math.max(0, to - size + 1), to });
  }
  return slices;
}
