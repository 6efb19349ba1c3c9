import { afterPollPhase } from './after-poll-phase.ts';

/**
 * Batches by demand: an item runs at once when nothing is in progress, and items that arrive during a batch become the
 * next one. There is no timer, so a single item waits for nothing, and batches grow with the load.
 *
 * `run` must resolve to one result per item, in order. When it rejects, every item of the batch is rejected with it.
 */
export function batchWhileBusy<Item, Result>(options: {
  maxBatch: number;
  /** Batches in progress at once. */
  concurrency?: number;
  /** Items that arrive in one poll phase of the event loop go together, instead of the first by itself. */
  wholeTurns?: boolean;
  run: (items: Item[]) => Promise<Result[]>;
}) {
  const waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  const concurrency = options.concurrency ?? 1;
  const idle: (() => void)[] = [];
  let inProgress = 0;

  const next = async () => {
    inProgress++;
    while (waiting.length > 0) {
      if (options.wholeTurns) await afterPollPhase();
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
    inProgress--;
    if (inProgress === 0) for (const resolve of idle.splice(0)) resolve();
  };

  return {
    add(item: Item): Promise<Result> {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // A batch in progress takes the item with the next one.
        if (inProgress < concurrency) void next();
      });
    },
    get size() {
      return waiting.length;
    },
    /** Resolves when nothing waits and nothing is in progress. */
    settled(): Promise<void> {
      return inProgress === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idle.push(resolve));
    },
  };
}
