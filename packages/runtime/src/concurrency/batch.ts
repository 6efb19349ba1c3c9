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
  interface Waiting {
    item: Item;
    group: Group;
    resolve: (result: Result | Promise<Result>) => void;
    reject: (error: unknown) => void;
  }
  /** The items of one key, while there are any. */
  interface Group {
    key: string;
    waiting: Waiting[];
    /** How many are in progress. */
    inProgress: number;
  }
  const { maxBatch, fitting, slowAfterMs, keyOf, concurrency = 1 } = options;
  const idle: (() => void)[] = [];
  /** The one whose turn is next comes first. */
  const groups = new Map<string, Group>();
  let size = 0;
  let inProgress = 0;
  let loops = 0;

  const groupOf = (item: Item): Group => {
    const key = keyOf?.(item) ?? '';
    let group = groups.get(key);
    if (group === undefined) {
      group = { key, waiting: [], inProgress: 0 };
      groups.set(key, group);
    }
    return group;
  };
  const take = (): Waiting[] => {
    const free: Group[] = [];
    for (const group of groups.values())
      if (group.waiting.length > 0 && (group.inProgress === 0 || keyOf === undefined)) free.push(group);
    const batch: Waiting[] = [];
    for (let turn = 0, before = -1; batch.length < maxBatch && batch.length > before; turn++) {
      before = batch.length;
      for (const { waiting } of free) {
        const one = waiting[turn];
        if (one !== undefined && batch.length < maxBatch) batch.push(one);
      }
    }
    if (fitting !== undefined) batch.length = fitting(batch.map(({ item }) => item));
    size -= batch.length;
    inProgress += batch.length;
    const before = free.map((group) => group.inProgress);
    for (const { group } of batch) group.inProgress++;
    for (const [index, group] of free.entries()) {
      const taken = group.inProgress - (before[index] ?? 0);
      if (taken === 0) continue;
      group.waiting.splice(0, taken);
      groups.delete(group.key);
      groups.set(group.key, group);
    }
    return batch;
  };
  const end = (ended: readonly Waiting[]) => {
    inProgress -= ended.length;
    for (const { group } of ended) {
      group.inProgress--;
      if (group.inProgress === 0 && group.waiting.length === 0) groups.delete(group.key);
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
    const late = new Set<Waiting>();
    for (const [index, result] of results.entries()) {
      const one = batch[index];
      if (!(result instanceof Promise) || one === undefined) continue;
      late.add(one);
      void result.catch(() => {}).then(() => end([one]));
    }
    end(late.size === 0 ? batch : batch.filter((one) => !late.has(one)));
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
        const group = groupOf(item);
        group.waiting.push({ item, group, resolve, reject });
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
