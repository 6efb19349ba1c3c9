import type { Priority } from '@baton/contracts';
import { priorities } from '../queue/order.ts';

/** A range of one priority, by rank from 0, inclusive. */
export interface RankRange {
  priority: Priority;
  from: number;
  to: number;
}

/**
 * Splits the queue into ranges of at most `size`, the last of the queue first. `lengths` are those of the priorities.
 *
 * From the back, because most changes remove a session near the front. That moves everything behind it forward, into
 * ranges that are still to come, so a pass over the ranges skips nothing.
 */
export function rangesFromBack(lengths: Readonly<Record<Priority, number>>, size: number): RankRange[] {
  const ranges: RankRange[] = [];
  for (const priority of priorities.toReversed()) {
    for (let to = lengths[priority] - 1; to >= 0; to -= size)
      ranges.push({ priority, from: Math.max(0, to - size + 1), to });
  }
  return ranges;
}
