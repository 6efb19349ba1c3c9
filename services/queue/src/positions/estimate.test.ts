import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EstimateInputs, estimateWait, quantile } from './estimate.ts';

const inputs = (patch: Partial<EstimateInputs> = {}): EstimateInputs => ({
  handlingSeconds: [100, 200, 300, 400, 500],
  agentsOnline: 2,
  totalCapacity: 4,
  assigned: 4,
  ...patch,
});

describe('estimateWait [Q4]', () => {
  it('is absent without inputs: nothing known, too few samples, no agent online', () => {
    expect(estimateWait(1, null)).toBeNull();
    expect(estimateWait(1, inputs({ handlingSeconds: [100, 200, 300, 400] }))).toBeNull();
    expect(estimateWait(1, inputs({ agentsOnline: 0, totalCapacity: 0 }))).toBeNull();
  });

  it('counts the sessions that must end first, divided by the total capacity', () => {
    // Quartiles 200 and 400 s, four sessions at once: one ends every 50 to 100 s.
    expect(estimateWait(1, inputs())).toEqual({ lowSeconds: 50, highSeconds: 105 });
    expect(estimateWait(6, inputs())).toEqual({ lowSeconds: 300, highSeconds: 600 });
  });

  it('needs no session to end while there is capacity', () => {
    expect(estimateWait(2, inputs({ assigned: 2 }))).toEqual({ lowSeconds: 0, highSeconds: 105 });
    expect(estimateWait(3, inputs({ assigned: 2 }))).toEqual({ lowSeconds: 50, highSeconds: 105 });
  });

  it('is a range that never shrinks further back in the queue, nor with less capacity', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 7_200 }), { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 500 }),
        (seconds, totalCapacity, assigned, position) => {
          const handlingSeconds = seconds.toSorted((a, b) => a - b);
          const at = (ahead: number, capacity: number) =>
            estimateWait(ahead, { handlingSeconds, agentsOnline: 1, totalCapacity: capacity, assigned });
          const [here, behind, richer] = [
            at(position, totalCapacity),
            at(position + 1, totalCapacity),
            at(position, totalCapacity + 1),
          ];
          if (!here || !behind || !richer) throw new Error('there were inputs');
          expect(here.lowSeconds).toBeLessThanOrEqual(here.highSeconds);
          expect(here.lowSeconds).toBeLessThanOrEqual(behind.lowSeconds);
          expect(here.highSeconds).toBeLessThanOrEqual(behind.highSeconds);
          expect(richer.highSeconds).toBeLessThanOrEqual(here.highSeconds);
        },
      ),
    );
  });
});

it('quantile interpolates between neighbours', () => {
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
  expect(quantile([1, 2, 3, 4, 5], 0.5)).toBe(3);
  expect(quantile([7], 0.75)).toBe(7);
});
