import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Origin } from './fair-queue.ts';
import { createThrottle, type Pass } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;
const of = (customer: string, chat = customer): Origin => ({ address: customer, customer, chat });

function bench() {
  const throttle = createThrottle(Date.now, () => 0);
  const passes = new Map<string, Pass>();
  const order: string[] = [];
  const failed = new Map<string, string>();
  const enter = (origin: Origin, waitMs = 10_000, signal = never) =>
    throttle.enter(origin, waitMs, signal).then(
      (pass) => {
        order.push(pass === undefined ? `${origin.chat} left` : origin.chat);
        if (pass) passes.set(origin.chat, pass);
      },
      (error: Error) => void failed.set(origin.chat, error.message),
    );
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** The endpoint refuses one. */
  const refuse = (chat: string, retryAfterMs?: number) => {
    passes.get(chat)?.refused(retryAfterMs);
    passes.get(chat)?.leave();
  };
  const answer = (chat: string) => {
    passes.get(chat)?.answered();
    passes.get(chat)?.leave();
  };
  return { throttle, order, passes, failed, enter, settle, after, refuse, answer };
}

describe('[S6] an endpoint that limits the rate', () => {
  it('lets every request through while the endpoint does not limit', async () => {
    const { throttle, order, enter, settle } = bench();
    for (let n = 0; n < 50; n++) void enter(of(`c${n}`));
    await settle();
    expect(order).toHaveLength(50);
    expect(throttle.limited).toBeUndefined();
  });

  it('gets no request before the time that it names', async () => {
    const { throttle, order, enter, after, refuse, settle } = bench();
    void enter(of('a'));
    await settle();
    refuse('a', 3_000);
    void enter(of('a', 'a again'));
    void enter(of('b'));
    await after(2_999);
    expect(order).toEqual(['a']);
    expect(throttle.limited).toMatchObject({ waiting: 2 });
    await after(2);
    expect(order.length).toBeGreaterThan(1);
  });

  it("serves customers round robin: one customer's burst delays no other", async () => {
    const { order, enter, after, refuse, answer, settle } = bench();
    void enter(of('first'));
    await settle();
    refuse('first', 1_000);
    for (let n = 0; n < 40; n++) void enter(of('mallory', `m${n}`));
    void enter(of('ann'));
    void enter(of('bob'));
    await after(1_001);
    // One request at once, then more with each answer.
    for (let served = 1; served < 6; served++) {
      answer(order.at(-1) ?? '');
      await settle();
    }
    expect(order.slice(0, 4)).toEqual(['first', 'm0', 'ann', 'bob']);
  });

  it('resumes with half as many requests at once, and returns to the old number after as many answers', async () => {
    const { throttle, order, enter, after, refuse, answer, settle } = bench();
    for (let n = 0; n < 8; n++) void enter(of(`c${n}`));
    await settle();
    for (let n = 0; n < 8; n++) refuse(`c${n}`, 1_000);
    for (let n = 0; n < 8; n++) void enter(of(`d${n}`));
    await after(1_001);
    expect(order.slice(8)).toHaveLength(4);
    for (let n = 0; n < 4; n++) answer(`d${n}`);
    await settle();
    expect(order.slice(8)).toHaveLength(8);
    expect(throttle.limited).toBeUndefined();
  });

  it('that names no time is backed off from, longer with each refusal', async () => {
    const { order, enter, after, refuse, settle } = bench();
    const pauses: number[] = [];
    for (let n = 0; n < 6; n++) {
      const before = Date.now();
      void enter(of(`c${n}`), 60_000);
      await settle();
      while (!order.includes(`c${n}`)) await after(100);
      pauses.push(Date.now() - before);
      refuse(`c${n}`);
      await settle();
    }
    expect(pauses).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000]);
  });

  it('no request waits longer than it may, or in vain', async () => {
    const { throttle, failed, enter, after, refuse, settle } = bench();
    void enter(of('a'));
    void enter(of('holds'));
    await settle();
    refuse('a', 2_000);
    void enter(of('patient'), 10_000);
    void enter(of('hasty'), 1_000);
    await settle();
    expect([...failed.keys()]).toEqual(['hasty']);
    // One request at once may be made, and the one under way is not answered.
    await after(10_001);
    expect([...failed.entries()]).toEqual([
      ['hasty', 'the model endpoint limits the rate of requests'],
      ['patient', 'the model endpoint limits the rate of requests (for longer than may be waited)'],
    ]);
    expect(throttle.limited).toMatchObject({ waiting: 0 });
  });

  it('a long answer that has begun delays no other request', async () => {
    const { order, passes, enter, after, refuse, settle } = bench();
    void enter(of('long'));
    void enter(of('b'));
    await settle();
    passes.get('long')?.answered();
    refuse('b', 1_000);
    void enter(of('c'));
    await after(1_001);
    expect(order).toEqual(['long', 'b', 'c']);
  });

  it('an aborted request leaves the queue, and a request that was not refused leaves no trace', async () => {
    const { throttle, order, enter, after, refuse, settle } = bench();
    const leaving = new AbortController();
    void enter(of('a'));
    await settle();
    refuse('a', 1_000);
    void enter(of('b'), 10_000, leaving.signal);
    leaving.abort();
    await after(1_001);
    expect(order).toEqual(['a', 'b left']);
    await after(30_000);
    expect(throttle.limited).toBeUndefined();
  });
});
