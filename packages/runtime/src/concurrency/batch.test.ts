import { expect, it } from 'vitest';
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
