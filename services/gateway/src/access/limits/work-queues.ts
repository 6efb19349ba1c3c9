import { createBuckets, type Rate } from './token-bucket.ts';

const UNLIMITED: Rate = { perSecond: Number.MAX_SAFE_INTEGER, burst: Number.MAX_SAFE_INTEGER };

/**
 * What waits begins in groups, at most so often. Messages of one session that begin together are stored together, which
 * costs less.
 */
const TICK_MS = 20;

interface Task {
  /** What it takes of the pace. */
  cost: number;
  /** What it takes of the units in progress. */
  units: number;
  start: () => void;
}

/** The work of one network. */
interface Queue {
  /** Units in progress. */
  used: number;
  /** By connection. The one that was served last comes last. */
  waiting: Map<object, Task[]>;
  /** How many tasks wait. */
  count: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * [S6] A queue of work for each network, so that a burst from one is spread over time and delays nobody else. Work
 * begins at once while its network is within its pace and has fewer than `atOnce` units in progress. The rest waits:
 * in order within a connection [M3], and in turn between the connections of the network. Nothing is refused here; see
 * `waiting`.
 *
 * Without a burst nothing waits, and no timer is set.
 *
 * @param options.atOnce units; work that costs more is in progress alone
 * @param options.ofBurst units in progress when waiting work begins; the same as `atOnce` unless it is given
 * @param options.pace without it only the units in progress are limited
 */
export function createWorkQueues(options: { atOnce: number; ofBurst?: number; pace?: Rate; clock?: () => number }) {
  const { atOnce, ofBurst = atOnce, pace = UNLIMITED, clock = () => performance.now() } = options;
  const balances = createBuckets(pace);
  const queues = new Map<string, Queue>();

  const hasRoom = (used: number, units: number, most: number) => used === 0 || units === 0 || used + units <= most;
  const queueOf = (network: string): Queue => {
    const known = queues.get(network);
    if (known !== undefined) return known;
    const queue: Queue = { used: 0, waiting: new Map(), count: 0, timer: undefined };
    queues.set(network, queue);
    return queue;
  };

  /** Starts what may start now. What waits for the pace starts with the timer, and no sooner, in groups. */
  const goOn = (network: string, queue: Queue) => {
    if (queue.timer !== undefined) return;
    for (let next = firstOf(queue.waiting); next !== undefined; next = firstOf(queue.waiting)) {
      const { connection, tasks, task } = next;
      if (!hasRoom(queue.used, task.units, ofBurst)) return;
      if (!balances.draw(network, clock(), task.cost)) {
        queue.timer = setTimeout(
          () => {
            queue.timer = undefined;
            goOn(network, queue);
          },
          Math.max(TICK_MS, balances.msUntilAny(network, clock())),
        ).unref();
        return;
      }
      tasks.shift();
      queue.count--;
      queue.waiting.delete(connection);
      if (tasks.length > 0) queue.waiting.set(connection, tasks);
      queue.used += task.units;
      task.start();
    }
    if (queue.used > 0) return;
    queues.delete(network);
  };

  /**
   * Calls `start` now, or in its turn. A promise would not do: its reactions run in a later microtask, and work that
   * arrived in between would overtake it.
   */
  const enter = (network: string, connection: object, task: Task) => {
    const present = queues.get(network);
    const isFree = present === undefined || (present.count === 0 && hasRoom(present.used, task.units, atOnce));
    if (isFree && balances.draw(network, clock(), task.cost)) {
      if (task.units > 0) queueOf(network).used += task.units;
      return task.start();
    }
    const queue = queueOf(network);
    const tasks = queue.waiting.get(connection) ?? [];
    tasks.push(task);
    queue.count++;
    queue.waiting.set(connection, tasks);
    goOn(network, queue);
  };
  const end = (network: string, units: number) => {
    const queue = queues.get(network);
    if (queue === undefined) return;
    queue.used -= units;
    goOn(network, queue);
  };

  const run = (network: string, connection: object, units: number, begin: (end: () => void) => void): void =>
    enter(network, connection, { cost: units, units, start: () => begin(() => end(network, units)) });

  return {
    /** Begins work of so many units, at once or in its turn. The work calls `end`, once, when it has ended. */
    run,
    /** Resolves in its turn, with the release. What its caller does next may be overtaken by what `run` begins. */
    take: (network: string, connection: object, units: number): Promise<() => void> =>
      new Promise((resolve) => run(network, connection, units, resolve)),
    /**
     * For work that ends where it begins: undefined when it may begin now, else a promise. The caller keeps what this
     * connection does next behind it.
     */
    pass(network: string, connection: object, cost: number): Promise<void> | undefined {
      // Most may begin now, and need no promise.
      let begin: (() => void) | undefined;
      let isNow = false;
      const start = () => {
        if (begin === undefined) isNow = true;
        else begin();
      };
      enter(network, connection, { cost, units: 0, start });
      if (isNow) return undefined;
      return new Promise((resolve) => {
        begin = resolve;
      });
    },
    /** How much work of this network waits. */
    waiting: (network: string): number => queues.get(network)?.count ?? 0,
    /** Networks with work in progress or waiting. */
    get size() {
      return queues.size;
    },
  };
}

function firstOf(waiting: Queue['waiting']): { connection: object; tasks: Task[]; task: Task } | undefined {
  for (const [connection, tasks] of waiting) {
    const [task] = tasks;
    if (task !== undefined) return { connection, tasks, task };
  }
  return undefined;
}
