import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPollPhase, batchWhileBusy } from '../index.ts';

/** A worker whose batches end when the test says so. */
function heldWorker() {
  const batches: number[][] = [];
  const releases: (() => void)[] = [];
  return {
    batches,
    run: (items: number[]) => {
      batches.push(items);
      return new Promise<number[]>((resolve) => releases.push(() => resolve(items.map((item) => item * 10))));
    },
    async finishOne() {
      releases.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('works at once when idle, and gathers what arrives meanwhile', async () => {
  const worker = heldWorker();
  const gather = batchWhileBusy({ maxBatch: 10, run: worker.run });
  const first = gather.add(1);
  const others = [gather.add(2), gather.add(3)];
  expect(worker.batches).toEqual([[1]]);
  await worker.finishOne();
  expect(worker.batches).toEqual([[1], [2, 3]]);
  await worker.finishOne();
  expect(await Promise.all([first, ...others])).toEqual([10, 20, 30]);
});

it('takes what comes in one turn of the event loop together, if it is to', async () => {
  const worker = heldWorker();
  const gather = batchWhileBusy({ maxBatch: 10, wholeTurns: true, concurrency: 2, run: worker.run });
  const all = Promise.all([1, 2, 3].map((item) => gather.add(item)));
  await afterPollPhase();
  await afterPollPhase();
  expect(worker.batches).toEqual([[1, 2, 3]]);
  await worker.finishOne();
  expect(await all).toEqual([10, 20, 30]);
  await gather.settled();
});

it('never makes a batch larger than allowed and keeps the order', async () => {
  const worker = heldWorker();
  const gather = batchWhileBusy({ maxBatch: 2, run: worker.run });
  const all = Promise.all([1, 2, 3, 4, 5].map((item) => gather.add(item)));
  for (let batch = 0; batch < 4; batch++) await worker.finishOne();
  expect(worker.batches).toEqual([[1], [2, 3], [4, 5]]);
  expect(await all).toEqual([10, 20, 30, 40, 50]);
});

it('rejects the whole batch that failed, and goes on with the next', async () => {
  let calls = 0;
  const gather = batchWhileBusy<number, number>({
    maxBatch: 10,
    run: (items) => (++calls === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(items)),
  });
  const failed = gather.add(1);
  const fine = gather.add(2);
  await expect(failed).rejects.toThrow('broken');
  expect(await fine).toBe(2);
});

it('rejects a batch whose results do not match its items', async () => {
  const gather = batchWhileBusy<number, number>({ maxBatch: 10, run: () => Promise.resolve([]) });
  await expect(gather.add(1)).rejects.toThrow('a batch of 1 gave 0 results');
});

it('is settled when nothing waits and nothing is under way', async () => {
  const worker = heldWorker();
  const gather = batchWhileBusy({ maxBatch: 10, run: worker.run });
  await gather.settled();
  void gather.add(1);
  let settled = false;
  const wait = gather.settled().then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toBe(false);
  await worker.finishOne();
  await wait;
});

const moment = () => new Promise((resolve) => setImmediate(resolve));

it('takes no more than fits, but always one', async () => {
  const worker = heldWorker();
  const fitting = (items: readonly number[]) =>
    Math.max(
      1,
      items.findIndex((item) => item > 2),
    );
  const gather = batchWhileBusy({ maxBatch: 10, wholeTurns: true, fitting, run: worker.run });
  const all = Promise.all([1, 2, 3, 4].map((item) => gather.add(item)));
  for (let batch = 0; batch < 4; batch++) {
    await moment();
    await worker.finishOne();
  }
  expect(worker.batches).toEqual([[1, 2], [3], [4]]);
  await all;
});

describe('with keys', () => {
  const keyOf = (item: number) => `${Math.floor(item / 100)}`;

  it('takes the same number of each key that has many', async () => {
    const worker = heldWorker();
    const gather = batchWhileBusy({ maxBatch: 4, wholeTurns: true, keyOf, run: worker.run });
    const all = Promise.all([101, 102, 103, 104, 105, 106, 201, 202, 301].map((item) => gather.add(item)));
    for (let batch = 1; batch <= 3; batch++) {
      await expect.poll(() => worker.batches.length).toBe(batch);
      await worker.finishOne();
    }
    expect(worker.batches).toEqual([[101, 201, 301, 102], [103, 202, 104, 105], [106]]);
    await all;
  });

  it('leaves a slow batch behind, and its keys with it', async () => {
    const worker = heldWorker();
    const gather = batchWhileBusy({ maxBatch: 10, keyOf, slowAfterMs: 10, run: worker.run });
    const slow = gather.add(101);
    const others = [gather.add(102), gather.add(201)];
    await expect.poll(() => worker.batches).toEqual([[101], [201]]);
    await worker.finishOne();
    expect(await slow).toBe(1_010);
    expect(worker.batches).toEqual([[101], [201], [102]]);
    await worker.finishOne();
    await worker.finishOne();
    expect(await Promise.all(others)).toEqual([1_020, 2_010]);
    await gather.settled();
  });

  it('goes on while a result is a promise, and keeps its key out until then', async () => {
    const batches: number[][] = [];
    let release = (_: number) => {};
    const late = new Promise<number>((resolve) => {
      release = resolve;
    });
    const gather = batchWhileBusy<number, number>({
      maxBatch: 10,
      wholeTurns: true,
      keyOf,
      run: async (items) => {
        batches.push(items);
        return items.map((item) => (item === 101 ? late : item));
      },
    });
    const first = Promise.all([gather.add(101), gather.add(102)]);
    expect(await gather.add(201)).toBe(201);
    const behind = gather.add(103);
    expect(await gather.add(202)).toBe(202);
    expect(batches).toEqual([[101, 201, 102], [202]]);
    let settled = false;
    void gather.settled().then(() => {
      settled = true;
    });
    await moment();
    expect(settled).toBe(false);
    release(7);
    expect(await first).toEqual([7, 102]);
    expect(await behind).toBe(103);
    await moment();
    expect(settled).toBe(true);
  });

  it('keeps the order of each key and gives each item its own result, whatever is slow, late or fails', async () => {
    const item = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), late: fc.boolean(), fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), async (items, maxBatch) => {
        const inProgress = new Set<string>();
        const done: number[] = [];
        const gather = batchWhileBusy<number, number>({
          maxBatch,
          concurrency: 2,
          slowAfterMs: 1,
          keyOf: (index) => items[index]?.key ?? '',
          run: async (batch) => {
            const keys = new Set(batch.map((index) => items[index]?.key ?? ''));
            for (const key of keys) {
              expect(inProgress.has(key)).toBe(false);
              inProgress.add(key);
            }
            if (batch.some((index) => index % 5 === 0)) await new Promise((resolve) => setTimeout(resolve, 3));
            const left = new Map(
              [...keys].map((key) => [key, batch.filter((index) => items[index]?.key === key).length]),
            );
            const finish = (index: number) => {
              const { key = '', fails } = items[index] ?? {};
              const more = (left.get(key) ?? 1) - 1;
              left.set(key, more);
              if (more === 0) inProgress.delete(key);
              done.push(index);
              if (fails) throw new Error(`${index}`);
              return index;
            };
            const results = batch.map((index) =>
              items[index]?.late || items[index]?.fails ? moment().then(() => finish(index)) : finish(index),
            );
            return results;
          },
        });
        const settled = await Promise.allSettled(items.map((_, index) => gather.add(index)));
        await gather.settled();
        for (const [index, one] of settled.entries()) {
          if (items[index]?.fails) expect(one).toMatchObject({ reason: { message: `${index}` } });
          else expect(one).toEqual({ status: 'fulfilled', value: index });
        }
        expect(gather.size).toBe(0);
        expect(inProgress.size).toBe(0);
        expect(done.length).toBe(items.length);
      }),
      { numRuns: 60 },
    );
  });
});
