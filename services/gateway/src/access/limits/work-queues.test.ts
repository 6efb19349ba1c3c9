import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Rate } from './token-bucket.ts';
import { createWorkQueues } from './work-queues.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Work = ReturnType<typeof createWorkQueues>;
/** Settles as the work does. */
const run = (to: Work, network: string, connection: object, units: number, work: () => Promise<void>) =>
  new Promise<void>((resolve) =>
    to.run(network, connection, units, (end) => {
      resolve(work().finally(end));
    }),
  );
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Queues, and what has begun, in order. A piece of work takes so long. */
function queues({ takesMs = 5, ...options }: { atOnce: number; ofBurst?: number; pace?: Rate; takesMs?: number }) {
  const work = createWorkQueues(options);
  const begun: string[] = [];
  return {
    work,
    begun,
    add: (network: string, connection: object, name: string, units = 1) =>
      run(work, network, connection, units, () => {
        begun.push(name);
        return pause(takesMs);
      }),
  };
}
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

it('[S6] spreads a burst of one address over time, and lets another wait for none of it', async () => {
  const { add, begun } = queues({ atOnce: 8, pace: { perSecond: 400, burst: 32 } });
  const flood = {};
  for (const name of names('flood ', 400)) void add('a', flood, name);
  expect(begun.length).toBe(8);
  void add('b', {}, 'word');
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
  for (const name of names('flood ', 20)) void add('a', {}, name);
  expect(begun.length).toBe(8);
  expect(work.waiting('a')).toBe(12);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun.length).toBe(10);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun.length).toBe(12);
  await vi.advanceTimersByTimeAsync(100);
  expect(begun.length).toBe(20);
  expect(work.waiting('a')).toBe(0);
  for (const name of names('later ', 9)) void add('a', {}, name);
  expect(begun.length).toBe(28);
});

it('forgets a network when its work is done, and not before', async () => {
  const { work, add, begun } = queues({ atOnce: 1, pace: { perSecond: 1_000, burst: 1 } });
  void add('a', {}, 'first');
  void add('a', {}, 'second');
  await vi.advanceTimersByTimeAsync(7);
  expect(begun).toEqual(['first', 'second']);
  expect(work.size).toBe(1);
  await vi.advanceTimersByTimeAsync(5);
  expect(work.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  void add('a', {}, 'third');
  void add('a', {}, 'fourth');
  expect(begun).toEqual(['first', 'second', 'third']);
  await vi.advanceTimersByTimeAsync(50);
  expect(begun).toEqual(['first', 'second', 'third', 'fourth']);
});

it('sets no timer while nothing waits', async () => {
  const { work } = queues({ atOnce: 8, pace: { perSecond: 100, burst: 10 } });
  for (let n = 0; n < 9; n++) {
    await run(work, 'a', {}, 1, () => Promise.resolve());
    expect(work.pass('a', {}, 0)).toBeUndefined();
  }
  expect(vi.getTimerCount()).toBe(0);
  expect(work.size).toBe(0);
});

it('[M3] what arrives while earlier work of its connection begins stays behind it', async () => {
  const { work, add, begun } = queues({ atOnce: 8, ofBurst: 2, pace: { perSecond: 1_000, burst: 1 }, takesMs: 30 });
  const sender = {};
  const before = names('word ', 8);
  for (const name of before) void add('a', sender, name);
  const later = names('later ', 40);
  // Without a pause between them, as frames that came in one read; and at every moment of the wait.
  for (const [n, name] of later.entries()) {
    void add('a', sender, name);
    if (n % 4 === 3) await vi.advanceTimersByTimeAsync(7);
  }
  await vi.advanceTimersByTimeAsync(2_000);
  expect(begun).toEqual([...before, ...later]);
  expect(work.size).toBe(0);
});

it('[M3] work that begins as others end is not overtaken by what arrives in the same moment', async () => {
  const { work, begun, add } = queues({ atOnce: 2 });
  const sender = {};
  const held: (() => void)[] = [];
  for (const connection of [{}, {}])
    void run(work, 'a', connection, 1, () => new Promise((resolve) => held.push(resolve)));
  void add('a', sender, 'first');
  for (const release of held) release();
  // In the microtasks in which the work before it ends, one after the other.
  for (let n = 0; n < 20; n++) {
    await Promise.resolve();
    void add('a', sender, `then ${n}`);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toEqual(['first', ...names('then ', 20)]);
});

it('[S6] serves the connections of one address in turn, and each in order', async () => {
  const { add, begun } = queues({ atOnce: 1 });
  const [flood, other] = [{}, {}];
  for (const name of names('flood ', 100)) void add('a', flood, name);
  for (const name of names('word ', 3)) void add('a', other, name);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun.length).toBe(103);
  expect(begun.slice(0, 7)).toEqual(['flood 0', 'flood 1', 'word 0', 'flood 2', 'word 1', 'flood 3', 'word 2']);
  expect(begun.filter((name) => name.startsWith('flood'))).toEqual(names('flood ', 100));
});

it('what costs more than there is room for is done by itself', async () => {
  const { add, begun } = queues({ atOnce: 4 });
  void add('a', {}, 'small');
  void add('a', {}, 'large', 9);
  void add('a', {}, 'behind');
  expect(begun).toEqual(['small']);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun).toEqual(['small', 'large']);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun).toEqual(['small', 'large', 'behind']);
});

it('work that ends where it begins is paced, and is not counted as in progress', async () => {
  const { work } = queues({ atOnce: 1, pace: { perSecond: 100, burst: 2 } });
  void run(work, 'a', {}, 1, () => Promise.resolve());
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
      const all = costs.map((cost, n) =>
        run(work, 'a', connections[n % 3] ?? {}, cost, async () => {
          used += cost;
          expect(used).toBeLessThanOrEqual(4);
          await Promise.resolve();
          used -= cost;
          done++;
        }),
      );
      await vi.runAllTimersAsync();
      await Promise.all(all);
      expect(done).toBe(costs.length);
      expect(work.size).toBe(0);
    }),
  );
});
