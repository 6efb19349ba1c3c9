import { AsyncLocalStorage } from 'node:async_hooks';
import { inSpan, type Log, throttled } from '@baton/runtime';
import { createCounts } from '../admission/counts.ts';
import { createFairQueue, type Origin, originOf } from '../admission/fair-queue.ts';
import type { TurnReport } from './turn.ts';

/** Schedules the turns of this process: one at a time for a session, a limited number at once, shared fairly. [S6] */
export interface TurnScheduler {
  /**
   * Queues a turn of the session. False when one runs or waits here, which then looks again, or when too many of the
   * same address wait: the reconciler finds the session later. `source` as in the contracts.
   */
  schedule(sessionId: string, source?: string): boolean;
  readonly underWay: number;
  readonly draining: boolean;
  /** Takes no more, lets those under way finish for a while, then calls them off and gives their sessions back. */
  drain(graceMs?: number): Promise<void>;
}

/** The largest part of this process's turns that one address may use, and one customer. */
const SHARE_OF_ADDRESS = 1 / 2;
const SHARE_OF_CUSTOMER = 1 / 4;
/** Sessions of one address that wait here; a customer never has as many. */
const MAX_WAITING_OF_ADDRESS = 500;

/** Below the runtime's own limit for a stop, so that sessions can still be given back. */
const DRAIN_MS = 20_000;

type InTrace = <T>(turn: () => T) => T;

/** A session that waits for its turn. */
interface Task {
  sessionId: string;
  source: string | undefined;
  origin: Origin;
  /** The trace of the latest request for this turn. */
  inItsTrace: InTrace;
}

interface Running {
  /** Set when the session was scheduled again: the turn under way may have missed what caused it. */
  again: InTrace | undefined;
  done: Promise<void>;
}

export function createTurnScheduler(options: {
  max: number;
  run: (sessionId: string, draining: AbortSignal) => Promise<TurnReport>;
  /** Called for each session that still has a pending reply when this process drains. */
  giveBack: (sessionId: string, source: string | undefined) => void;
  log: Log;
}): TurnScheduler {
  const { run, log } = options;
  const running = new Map<string, Running>();
  /** No lease is held while a session waits here: another process may be faster. */
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
    waitingOf.add(task.origin.address);
    queue.add(task.origin, task);
  };
  const startNext = () => {
    while (!draining && running.size < options.max) {
      const task = queue.take(may);
      if (task === undefined) return;
      waiting.delete(task.sessionId);
      waitingOf.remove(task.origin.address);
      task.inItsTrace(() => start(task));
    }
  };

  /** Runs one turn. When more is pending after it, its session is queued again, behind the others. */
  const start = (task: Task) => {
    const { sessionId, origin } = task;
    const entry: Running = { again: undefined, done: Promise.resolve() };
    running.set(sessionId, entry);
    for (const key of keysOf(origin)) underWay.add(key);
    entry.done = runOnce(task).then((more) => {
      running.delete(sessionId);
      for (const key of keysOf(origin)) underWay.remove(key);
      const inItsTrace = entry.again ?? (more ? task.inItsTrace : undefined);
      if (inItsTrace !== undefined && !draining) enqueue({ ...task, inItsTrace });
      startNext();
    });
  };

  /** @returns whether the session has more pending that is worth another turn now. */
  const runOnce = async ({ sessionId, source }: Task): Promise<boolean> => {
    try {
      const { outcome, morePending } = await inSpan('turn', 'consumer', () => run(sessionId, callOff.signal));
      if (draining && morePending) options.giveBack(sessionId, source);
      // A dropped or failed turn is not repeated at once: the reconciler brings it back, in seconds.
      return morePending && (outcome === 'answered' || outcome === 'greeted');
    } catch (error) {
      throttled(log).error(sessionId, { err: error, sessionId }, 'a turn failed; the reconciler brings it back');
      return false;
    }
  };

  return {
    schedule(sessionId, source) {
      if (draining) return false;
      const inItsTrace: InTrace = AsyncLocalStorage.snapshot();
      const present = running.get(sessionId);
      if (present !== undefined) {
        present.again = inItsTrace;
        return false;
      }
      const queued = waiting.get(sessionId);
      if (queued !== undefined) {
        queued.inItsTrace = inItsTrace;
        return false;
      }
      const origin = originOf(sessionId, source);
      if (waitingOf.of(origin.address) >= MAX_WAITING_OF_ADDRESS) return false;
      enqueue({ sessionId, source, origin, inItsTrace });
      startNext();
      return true;
    },
    get underWay() {
      return running.size;
    },
    get draining() {
      return draining;
    },
    async drain(graceMs = DRAIN_MS) {
      draining = true;
      for (const { sessionId, source } of waiting.values()) options.giveBack(sessionId, source);
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

function keysOf({ address, customer }: Origin): string[] {
  return address === customer ? [address] : [address, customer];
}
