import { afterPollPhase } from './after-poll-phase.ts';
import { within } from './within.ts';

/**
 * Batches by demand: an item runs at once when nothing is in progress, and items that arrive during a batch become the
 * next one. There is no timer, so a single item waits for nothing, and batches grow with the load.
 *
 * `run` must resolve to one result per item, in order. When it rejects, every item of the batch is rejected with it. A
 * result may be a promise: the batch ends without it, so an item that takes long holds up no other.
 */
export function batchWhileBusy<Item, Result>(options: {
  maxBatch: number;
  /** Returns how many of these items, from the first, fit into one batch by their sizes; at least 1. */
  fitting?: (items: readonly Item[]) => number;
  /** Batches in progress at once. */
  concurrency?: number;
  /** A batch that is in progress for longer no longer holds back the next one. */
  slowAfterMs?: number;
  /**
   * Items of one key keep their order: while some are in progress, the others stay out of further batches. Of several
   * keys that have many, each batch takes the same number.
   */
  keyOf?: (item: Item) => string;
  /** Items that arrive in one poll phase of the event loop go together, instead of the first by itself. */
  wholeTurns?: boolean;
  run: (items: Item[]) => Promise<readonly (Result | Promise<Result>)[]>;
}) {
  type Key = string | undefined;
  interface Waiting {
    item: Item;
    key: Key;
    resolve: (result: Result | Promise<Result>) => void;
    reject: (error: unknown) => void;
  }
  const { maxBatch, fitting, slowAfterMs, keyOf = () => undefined, concurrency = 1 } = options;
  const idle: (() => void)[] = [];
  /** By key; the key whose turn is next comes first. */
  const waiting = new Map<Key, Waiting[]>();
  /** How many items of each key are in progress. */
  const busy = new Map<Key, number>();
  let size = 0;
  let inProgress = 0;
  let loops = 0;

  const take = (): Waiting[] => {
    const queues = [...waiting].flatMap(([key, queue]) => (busy.has(key) ? [] : [queue]));
    const found: Waiting[] = [];
    for (let turn = 0, before = -1; found.length < maxBatch && found.length > before; turn++) {
      before = found.length;
      for (const queue of queues) {
        const one = queue[turn];
        if (one !== undefined && found.length < maxBatch) found.push(one);
      }
    }
    const batch = fitting === undefined ? found : found.slice(0, fitting(found.map(({ item }) => item)));
    const taken = new Map<Key, number>();
    for (const { key } of batch) taken.set(key, (taken.get(key) ?? 0) + 1);
    for (const [key, count] of taken) {
      const rest = waiting.get(key)?.slice(count) ?? [];
      waiting.delete(key);
      if (rest.length > 0) waiting.set(key, rest);
      if (key !== undefined) busy.set(key, count);
    }
    size -= batch.length;
    inProgress += batch.length;
    return batch;
  };
  const end = (ended: readonly Waiting[]) => {
    inProgress -= ended.length;
    for (const { key } of ended) {
      const left = (busy.get(key) ?? 1) - 1;
      if (left === 0) busy.delete(key);
      else busy.set(key, left);
    }
    if (size > 0 && loops < concurrency) void loop();
    if (inProgress === 0 && size === 0) for (const resolve of idle.splice(0)) resolve();
  };
  const run = async (batch: readonly Waiting[]) => {
    let results: readonly (Result | Promise<Result>)[] = [];
    try {
      results = await options.run(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error(`a batch of ${batch.length} gave ${results.length} results`);
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result | Promise<Result>);
    } catch (error) {
      results = [];
      for (const { reject } of batch) reject(error);
    }
    const ended: Waiting[] = [];
    for (const [index, one] of batch.entries()) {
      const result = results[index];
      if (!(result instanceof Promise)) ended.push(one);
      else void result.catch(() => {}).then(() => end([one]));
    }
    end(ended);
  };
  const loop = async () => {
    loops++;
    while (size > 0) {
      if (options.wholeTurns) await afterPollPhase();
      const batch = take();
      // Another loop took what there was, or all of it waits for its keys.
      if (batch.length === 0) break;
      const running = run(batch);
      await (slowAfterMs === undefined ? running : within(slowAfterMs, running));
    }
    loops--;
  };

  return {
    add(item: Item): Promise<Result> {
      return new Promise((resolve, reject) => {
        const key = keyOf(item);
        const queue = waiting.get(key);
        const one = { item, key, resolve, reject };
        if (queue === undefined) waiting.set(key, [one]);
        else queue.push(one);
        size++;
        // A batch in progress takes the item with the next one.
        if (loops < concurrency) void loop();
      });
    },
    get size() {
      return size;
    },
    /** Resolves when nothing waits and nothing is in progress. */
    settled(): Promise<void> {
      return inProgress === 0 && size === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
    },
  };
}
