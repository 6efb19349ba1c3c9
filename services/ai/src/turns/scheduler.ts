import { AsyncLocalStorage } from 'node:async_hooks';
import { inSpan, type Log } from '@baton/runtime';
import { createCounts } from '../access/counts.ts';
import { createFairQueue, type Whose, whoseIs } from '../access/fair-queue.ts';
import type { TurnReport } from './turn.ts';

/**
 * The turns of this process: one at a time for a session, so many at once, shared fairly by those they are for [S6], none
 * any more when it stops.
 */
export interface Turns {
  /**
   * Sees to it that the session is looked at. False when a turn of it runs or waits here, which looks again by itself, or
   * when too many wait of where it comes from: then the comparing loop finds it. `source` as in the contracts.
   */
  start(sessionId: string, source?: string): boolean;
  readonly underWay: number;
  readonly draining: boolean;
  /** Takes no more, lets those under way finish for `graceMs`, then calls them off and gives their sessions back. */
  drain(graceMs: number): Promise<void>;
}

/** Of what this process can do at once, one address gets this part at most, and one customer that. */
const SHARE_OF_ADDRESS = 1 / 2;
const SHARE_OF_CUSTOMER = 1 / 4;
/** Sessions of one address that wait here; a customer never has as many. */
const MAX_WAITING_OF_ADDRESS = 500;

type InTrace = <T>(turn: () => T) => T;

/** A session that is to be looked at. */
interface Task {
  sessionId: string;
  source: string | undefined;
  whose: Whose;
  /** The trace that it was last asked for in. */
  inItsTrace: InTrace;
}

interface Running {
  /** Set when something was announced that the turn under way may have missed: the trace of the announcement. */
  again: InTrace | undefined;
  done: Promise<void>;
}

export function createTurns(options: {
  max: number;
  run: (sessionId: string, draining: AbortSignal) => Promise<TurnReport>;
  /** Told of sessions that this process still owed something when it stopped. */
  handBack: (sessionId: string, source: string | undefined) => void;
  log: Log;
}): Turns {
  const { run, log } = options;
  const running = new Map<string, Running>();
  /** They hold no lease while they wait here: another process may be faster. */
  const queue = createFairQueue<Task>();
  const waiting = new Map<string, Task>();
  const waitingOf = createCounts();
  const underWay = createCounts();
  const share = (part: number) => Math.max(1, Math.ceil(options.max * part));
  const may = {
    address: (address: string) => underWay.of(address) < share(SHARE_OF_ADDRESS),
    customer: (customer: string) => underWay.of(customer) < share(SHARE_OF_CUSTOMER),
  };
  const callOff = new AbortController();
  let draining = false;

  const enqueue = (task: Task) => {
    waiting.set(task.sessionId, task);
    waitingOf.add(task.whose.address);
    queue.add(task.whose, task);
  };
  const serve = () => {
    while (!draining && running.size < options.max) {
      const task = queue.take(may);
      if (task === undefined) return;
      waiting.delete(task.sessionId);
      waitingOf.remove(task.whose.address);
      task.inItsTrace(() => begin(task));
    }
  };

  /** One turn. When more is owed after it, its session stands in the queue again, behind the others. */
  const begin = (task: Task) => {
    const { sessionId, whose } = task;
    const entry: Running = { again: undefined, done: Promise.resolve() };
    running.set(sessionId, entry);
    for (const key of keysOf(whose)) underWay.add(key);
    entry.done = work(task).then((more) => {
      running.delete(sessionId);
      for (const key of keysOf(whose)) underWay.remove(key);
      const inItsTrace = entry.again ?? (more ? task.inItsTrace : undefined);
      if (inItsTrace !== undefined && !draining) enqueue({ ...task, inItsTrace });
      serve();
    });
  };

  /** @returns whether it is to go on at once. */
  const work = async ({ sessionId, source }: Task): Promise<boolean> => {
    try {
      const report = await inSpan('turn', 'consumer', () => run(sessionId, callOff.signal));
      if (draining && report.owed) options.handBack(sessionId, source);
      // What was dropped or failed is not repeated at once: the comparing loop comes by, in seconds.
      return report.owed && (report.outcome === 'answered' || report.outcome === 'greeted');
    } catch (error) {
      log.error({ err: error, sessionId }, 'a turn failed; the comparing loop brings it back');
      return false;
    }
  };

  return {
    start(sessionId, source) {
      if (draining) return false;
      const inItsTrace: InTrace = AsyncLocalStorage.snapshot();
      const present = running.get(sessionId);
      if (present !== undefined) {
        present.again = inItsTrace;
        return false;
      }
      const alreadyWaits = waiting.get(sessionId);
      if (alreadyWaits !== undefined) {
        alreadyWaits.inItsTrace = inItsTrace;
        return false;
      }
      const whose = whoseIs(sessionId, source);
      if (waitingOf.of(whose.address) >= MAX_WAITING_OF_ADDRESS) return false;
      enqueue({ sessionId, source, whose, inItsTrace });
      serve();
      return true;
    },
    get underWay() {
      return running.size;
    },
    get draining() {
      return draining;
    },
    async drain(graceMs) {
      draining = true;
      for (const { sessionId, source } of waiting.values()) options.handBack(sessionId, source);
      waiting.clear();
      const all = () => Promise.allSettled([...running.values()].map(({ done }) => done));
      const timer = setTimeout(() => {
        log.warn({ turns: running.size }, 'turns under way are called off');
        callOff.abort();
      }, graceMs);
      await all();
      clearTimeout(timer);
    },
  };
}

function keysOf({ address, customer }: Whose): string[] {
  return address === customer ? [address] : [address, customer];
}
