import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Basis, estimateWait, quantile } from './estimate.ts';

const basis = (patch: Partial<Basis> = {}): Basis => ({
  handlingSeconds: [100, 200, 300, 400, 500],
  agentsOnDuty: 2,
  totalCapacity: 4,
  held: 4,
  ...patch,
});

describe('estimateWait [Q4]', () => {
  it('is absent without a basis: nothing known, too few samples, nobody on duty', () => {
    expect(estimateWait(1, null)).toBeNull();
    expect(estimateWait(1, basis({ handlingSeconds: [100, 200, 300, 400] }))).toBeNull();
    expect(estimateWait(1, basis({ agentsOnDuty: 0, totalCapacity: 0 }))).toBeNull();
  });

  it('counts the chats that must end first, shared by all who are served at once', () => {
    // Quartiles 200 and 400 s, four chats at once: one ends every 50 to 100 s.
    expect(estimateWait(1, basis())).toEqual({ lowSeconds: 50, highSeconds: 105 });
    expect(estimateWait(6, basis())).toEqual({ lowSeconds: 300, highSeconds: 600 });
  });

  it('needs no chat to end while there is room', () => {
    expect(estimateWait(2, basis({ held: 2 }))).toEqual({ lowSeconds: 0, highSeconds: 105 });
    expect(estimateWait(3, basis({ held: 2 }))).toEqual({ lowSeconds: 50, highSeconds: 105 });
  });

  it('is a range that never shrinks further back in line, nor with fewer served at once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 7_200 }), { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 500 }),
        (handlingSeconds, totalCapacity, held, position) => {
          const at = (place: number, capacity: number) =>
            estimateWait(place, { handlingSeconds, agentsOnDuty: 1, totalCapacity: capacity, held });
          const [here, behind, richer] = [
            at(position, totalCapacity),
            at(position + 1, totalCapacity),
            at(position, totalCapacity + 1),
          ];
          if (!here || !behind || !richer) throw new Error('there was a basis');
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
