import type { FaultRecord } from '../history/history.ts';

/** All faults but those of the model: a faulty model excuses no missed deadline. */
const ofOurs = ({ kind }: FaultRecord) => kind !== 'model';

/** Time between two moments in which something other than the model was broken: then a deadline cannot be kept. */
export function faultTime(faults: readonly FaultRecord[], from: number, to: number): number {
  return faults
    .filter(ofOurs)
    .reduce((sum, one) => sum + Math.max(0, Math.min(to, one.healedAt + one.recoveredMs) - Math.max(from, one.at)), 0);
}

/** Whether something other than the model was broken at any time between two moments. */
export const wasFaulty = (faults: readonly FaultRecord[], from: number, to: number): boolean =>
  faults.filter(ofOurs).some((one) => one.at <= to && one.healedAt + one.recoveredMs >= from);
