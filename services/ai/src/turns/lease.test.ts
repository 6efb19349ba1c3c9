import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepLease } from './lease.ts';

describe('the lease', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is renewed while it is kept, and a renewal under way ends before it is given back', async () => {
    const answers: (() => void)[] = [];
    const beginTurn = vi.fn(
      () =>
        new Promise<never>((resolve) => {
          answers.push(() => resolve({ ok: false, code: 'TURN_TAKEN', message: '' } as never));
        }),
    );
    const seen: string[] = [];
    const lease = keepLease({
      session: { beginTurn },
      sessionId: 's',
      worker: 'w',
      onRenewal: (renewal) => void seen.push(renewal.ok ? 'ok' : renewal.code),
    });
    await vi.advanceTimersByTimeAsync(5_000);
    answers.shift()?.();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(beginTurn).toHaveBeenCalledTimes(2);
    expect(seen).toEqual(['TURN_TAKEN']);
    let stopped = false;
    const stopping = lease.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect([beginTurn.mock.calls.length, stopped]).toEqual([2, false]);
    answers.shift()?.();
    await stopping;
    expect(seen).toEqual(['TURN_TAKEN']);
  });
});
