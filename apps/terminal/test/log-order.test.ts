import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogOrder } from '../src/log-order.ts';

const ordered = (gapMs?: number) => {
  const shown: number[] = [];
  const order = createLogOrder<{ seq: number }>(({ seq }) => shown.push(seq), gapMs);
  const receive = (...seqs: number[]) => {
    for (const seq of seqs) order.receive({ seq });
  };
  return { order, shown, receive };
};

describe('[M3, M4] the order of a log', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows each entry once and in order, whatever comes twice or early', () => {
    const arrivals = fc
      .integer({ min: 1, max: 30 })
      .chain((length) => fc.shuffledSubarray([...range(length), ...range(length)], { minLength: 2 * length }));
    fc.assert(
      fc.property(arrivals, (seqs) => {
        const { order, shown, receive } = ordered();
        receive(...seqs);
        expect(shown).toEqual(range(seqs.length / 2));
        expect(order.lastSeq).toBe(seqs.length / 2);
        order.close();
      }),
    );
  });

  it('begins where it is told to', () => {
    const { order, shown, receive } = ordered();
    order.begin(4);
    receive(4, 5, 3, 6);
    expect(shown).toEqual([5, 6]);
  });

  it('what came before the beginning was known is shown when it is', () => {
    const { order, shown, receive } = ordered();
    receive(2, 3);
    expect(shown).toEqual([]);
    order.begin(1);
    expect(shown).toEqual([2, 3]);
  });

  it('waits for what is missing, then shows the rest, and the missing one late rather than never', () => {
    const { order, shown, receive } = ordered(100);
    receive(1, 3, 4);
    expect(shown).toEqual([1]);
    vi.advanceTimersByTime(100);
    expect(shown).toEqual([1, 3, 4]);
    expect(order.lastSeq, 'resuming asks for the gap').toBe(1);
    receive(2, 3, 5);
    expect(shown).toEqual([1, 3, 4, 2, 5]);
    expect(order.lastSeq).toBe(5);
  });
});

const range = (length: number) => Array.from({ length }, (_, index) => index + 1);
