import { endOfTurn } from './after-poll-phase.ts';

/**
 * Natural batching: work is done at once when idle, and what arrives while a batch is under way becomes the next
 * batch. No timer: a lone item waits for nothing, and under load batches grow by themselves.
 *
 * `run` must resolve to one result per item, in order; when it rejects, every item of the batch is rejected with it.
 */
export function gatherWhileBusy<Item, Result>(options: {
  maxBatch: number;
  /** Batches under way at once. */
  concurrency?: number;
  /** What is added in one turn of the event loop goes together, instead of the first by itself. */
  wholeTurns?: boolean;
  run: (items: Item[]) => Promise<Result[]>;
}) {
  const waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  const concurrency = options.concurrency ?? 1;
  const idle: (() => void)[] = [];
  let underWay = 0;

  const next = async () => {
    underWay++;
    while (waiting.length > 0) {
      if (options.wholeTurns) await endOfTurn();
      const batch = waiting.splice(0, options.maxBatch);
      // Another batch took what there was.
      if (batch.length === 0) break;
      try {
        const results = await options.run(batch.map(({ item }) => item));
        if (results.length !== batch.length)
          throw new Error(`a batch of ${batch.length} gave ${results.length} results`);
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    underWay--;
    if (underWay === 0) for (const resolve of idle.splice(0)) resolve();
  };

  return {
    add(item: Item): Promise<Result> {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // Whoever is under way takes the item with the next batch.
        if (underWay < concurrency) void next();
      });
    },
    get size() {
      return waiting.length;
    },
    /** Resolves when nothing waits and nothing is under way. */
    settled(): Promise<void> {
      return underWay === 0 && waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
    },
  };
}
