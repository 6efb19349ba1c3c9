import { setTimeout as pause } from 'node:timers/promises';
import { batchWhileBusy, inSpans, OutcomeUnknown, Unavailable } from '@baton/runtime';
import type { PendingMessage } from './append-request.ts';
import { type Settled, type WriteMessages, writeBatch } from './write-batch.ts';

const MAX_REQUESTS_PER_BATCH = 500;
/** A statement that takes longer waits for a lock, or for a slow disk. */
export const SLOW_BATCH_MS = 100;
/** Most locks of others last for one statement. */
const LOCKED_PAUSE_MS = 4;
/** Locks that are waited for at once, besides that of one lone message. Each takes a connection. */
const LOCKS_AT_ONCE = 4;

export interface Appender {
  /**
   * Writes the messages of one request, which are of one session. A `Written` says what the log did; an `Error` in its
   * place concerns this message alone. `ownTraces` are the trace contexts of messages whose trace differs from the
   * request's.
   * @throws Unavailable, OutcomeUnknown
   */
  append(messages: readonly PendingMessage[], ownTraces?: readonly string[]): Promise<readonly Settled[]>;
  /** Resolves when nothing is queued or in flight. */
  settled(): Promise<void>;
}

/**
 * Batches the messages of many callers: everything that arrives in one turn of the event loop, or while a batch is
 * being written, is the next batch. A single message does not wait.
 *
 * One batch is written at a time, so the messages of a session are numbered in the order in which they arrived [M3].
 * Two concurrent batches would only be smaller ones: a statement costs far more than a row (measured: twice the CPU
 * time of Postgres for a message, at the same throughput).
 *
 * Only what takes long is left behind: a slow statement, and the messages of sessions that other transactions have
 * locked. What follows of these sessions waits for them; all others go on.
 */
export function createAppender(options: {
  write: WriteMessages;
  onBatch?: (batch: { messages: number; seconds: number }) => void;
}): Appender {
  const { write, onBatch } = options;

  const lockedSessions = batchWhileBusy<readonly PendingMessage[], readonly Settled[]>({
    maxBatch: 1,
    concurrency: LOCKS_AT_ONCE,
    run: (sessions) =>
      Promise.all(sessions.map(async (items) => (await writeBatch(write, items, 'wait')).map(settledOf))),
  });
  /** Writes messages whose sessions were locked: once more all together, and then each session that still is. */
  const writeLocked = async (items: readonly PendingMessage[]): Promise<Map<PendingMessage, Promise<Settled>>> => {
    await pause(LOCKED_PAUSE_MS);
    const outcomes = await writeBatch(write, items, 'skip');
    const result = new Map<PendingMessage, Promise<Settled>>();
    const left = items.filter((item, index) => {
      const outcome = outcomes[index];
      if (outcome !== undefined) result.set(item, Promise.resolve(outcome));
      return outcome === undefined;
    });
    for (const own of Map.groupBy(left, ({ sessionId }) => sessionId).values()) {
      const written = lockedSessions.add(own);
      for (const [index, item] of own.entries())
        result.set(
          item,
          written.then((all) => settledOf(all[index])),
        );
    }
    return result;
  };

  /** Batches whose statement is under way: several when one is slow. */
  let writing = 0;
  const gathered = batchWhileBusy<readonly PendingMessage[], readonly Settled[]>({
    maxBatch: MAX_REQUESTS_PER_BATCH,
    keyOf: ([first]) => first?.sessionId ?? '',
    slowAfterMs: SLOW_BATCH_MS,
    // Waits until all that has arrived is read; otherwise the first request of a read gets a statement of its own.
    wholeTurns: true,
    run: async (requests) => {
      const start = performance.now();
      const items = requests.flat();
      // The short statement for one message cannot skip a lock. Only one at a time may wait for it.
      const isAlone = items.length === 1 && writing === 0;
      writing++;
      const outcomes = await writeBatch(write, items, isAlone ? 'either' : 'skip');
      writing--;
      onBatch?.({ messages: outcomes.length, seconds: (performance.now() - start) / 1_000 });
      const locked = items.filter((_, index) => outcomes[index] === undefined);
      const later = locked.length > 0 ? writeLocked(locked) : undefined;
      let end = 0;
      return requests.map((request) => {
        end += request.length;
        const own = outcomes.slice(end - request.length, end);
        if (!own.includes(undefined)) return own.map(settledOf);
        return Promise.all(request.map(async (item, index) => own[index] ?? settledOf(await (await later)?.get(item))));
      });
    },
  });
  return {
    async append(messages, ownTraces = []) {
      // One span for each request and trace, although one statement writes many.
      const settled = await inSpans('postgres append', 'client', ownTraces, () => gathered.add(messages));
      for (const one of settled) if (one instanceof Unavailable || one instanceof OutcomeUnknown) throw one;
      return settled;
    },
    settled: () => gathered.settled(),
  };
}

const settledOf = (outcome: Settled | undefined): Settled =>
  outcome ?? new Error('the log returned no outcome for a message');
