import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Rate } from './token-bucket.ts';
import { createWorkQueues } from './work-queues.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Queues, and what has begun, in order. A piece of work takes so long. */
function queues({ takesMs = 5, ...options }: { atOnce: number; ofBurst?: number; pace?: Rate; takesMs?: number }) {
  const work = createWorkQueues(options);
  const begun: string[] = [];
  return {
    work,
    begun,
    add(network: string, connection: object, name: string, units = 1) {
      const begin = () => {
        begun.push(name);
        setTimeout(() => work.end(network, units), takesMs);
      };
      const waits = work.begin(network, connection, units);
      if (waits === undefined) begin();
      else void waits.then(begin);
      return waits;
    },
  };
}
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

it('[S6] spreads a burst of one address over time, and lets another wait for none of it', async () => {
  const { add, begun } = queues({ atOnce: 8, pace: { perSecond: 400, burst: 32 } });
  const flood = {};
  for (const name of names('flood ', 400)) add('a', flood, name);
  expect(begun.length).toBe(8);
  expect(add('b', {}, 'word')).toBeUndefined();
  expect(begun.indexOf('word')).toBe(8);
  await vi.advanceTimersByTimeAsync(100);
  expect(begun.length).toBeGreaterThan(40);
  for (let second = 0; second < 8; second++) {
    const before = begun.length;
    await vi.advanceTimersByTimeAsync(100);
    expect(begun.length - before, `in the ${second}th tenth of a second`).toBeLessThanOrEqual(48);
  }
  await vi.advanceTimersByTimeAsync(500);
  expect(begun.filter((name) => name !== 'word')).toEqual(names('flood ', 400));
});

it('[S6] has few of a burst in progress at once, and forgets the burst when it is over', async () => {
  const { work, add, begun } = queues({ atOnce: 8, ofBurst: 2 });
  for (const name of names('flood ', 20)) add('a', {}, name);
  expect(begun.length).toBe(8);
  expect(work.waiting('a')).toBe(12);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun.length).toBe(10);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun.length).toBe(12);
  await vi.advanceTimersByTimeAsync(100);
  expect(begun.length).toBe(20);
  expect(work.waiting('a')).toBe(0);
  for (const name of names('later ', 9)) add('a', {}, name);
  expect(begun.length).toBe(28);
});

it('forgets a network with its timer, which would forget what the network does next', async () => {
  const { work, add, begun } = queues({ atOnce: 1, pace: { perSecond: 1_000, burst: 1 } });
  add('a', {}, 'first');
  add('a', {}, 'second');
  await vi.advanceTimersByTimeAsync(12);
  expect(begun).toEqual(['first', 'second']);
  expect(work.size).toBe(0);
  expect(work.begin('a', {}, 1)).toBeUndefined();
  add('a', {}, 'third');
  await vi.advanceTimersByTimeAsync(50);
  work.end('a', 1);
  await vi.advanceTimersByTimeAsync(50);
  expect(begun).toEqual(['first', 'second', 'third']);
});

it('sets no timer while nothing waits', () => {
  const { work } = queues({ atOnce: 8, pace: { perSecond: 100, burst: 10 } });
  for (let n = 0; n < 9; n++) {
    expect(work.begin('a', {}, 1)).toBeUndefined();
    work.end('a', 1);
    expect(work.pass('a', {}, 0)).toBeUndefined();
  }
  expect(vi.getTimerCount()).toBe(0);
  expect(work.size).toBe(0);
});

it('[S6] serves the connections of one address in turn, and each in order', async () => {
  const { add, begun } = queues({ atOnce: 1 });
  const [flood, other] = [{}, {}];
  for (const name of names('flood ', 100)) add('a', flood, name);
  for (const name of names('word ', 3)) add('a', other, name);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun.length).toBe(103);
  expect(begun.slice(0, 7)).toEqual(['flood 0', 'flood 1', 'word 0', 'flood 2', 'word 1', 'flood 3', 'word 2']);
  expect(begun.filter((name) => name.startsWith('flood'))).toEqual(names('flood ', 100));
});

it('what costs more than there is room for is done by itself', async () => {
  const { add, begun } = queues({ atOnce: 4 });
  add('a', {}, 'small');
  add('a', {}, 'large', 9);
  add('a', {}, 'behind');
  expect(begun).toEqual(['small']);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun).toEqual(['small', 'large']);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun).toEqual(['small', 'large', 'behind']);
});

it('work that ends where it begins is paced, and is not counted as in progress', async () => {
  const { work } = queues({ atOnce: 1, pace: { perSecond: 100, burst: 2 } });
  expect(work.begin('a', {}, 1)).toBeUndefined();
  expect(work.pass('a', {}, 2)).toBeUndefined();
  let passed = false;
  void work.pass('a', {}, 1)?.then(() => {
    passed = true;
  });
  await vi.advanceTimersByTimeAsync(5);
  expect(passed).toBe(false);
  await vi.advanceTimersByTimeAsync(20);
  expect(passed).toBe(true);
});

it('never has more in progress than there is room for, loses nothing, and forgets who is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 60 }), async (costs) => {
      const work = createWorkQueues({ atOnce: 4, pace: { perSecond: 1_000, burst: 10 } });
      const connections = [{}, {}, {}];
      let used = 0;
      let done = 0;
      const all = costs.map(async (cost, n) => {
        await work.begin('a', connections[n % 3] ?? {}, cost);
        used += cost;
        expect(used).toBeLessThanOrEqual(4);
        await Promise.resolve();
        used -= cost;
        done++;
        work.end('a', cost);
      });
      await vi.runAllTimersAsync();
      await Promise.all(all);
      expect(done).toBe(costs.length);
      expect(work.size).toBe(0);
    }),
  );
});
