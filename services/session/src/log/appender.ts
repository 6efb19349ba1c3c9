import { setTimeout as pause } from 'node:timers/promises';
import { LockTimeout, OutcomeUnknown, UniqueViolation } from '@baton/postgres';
import { batchWhileBusy, inSpans, Unavailable } from '@baton/runtime';
import type { PendingMessage, Written } from './pending-message.ts';
import { rounds } from './split-batch.ts';

const MAX_REQUESTS_PER_BATCH = 500;
const MAX_CHARACTERS = 4_000_000;
const MAX_ATTEMPTS = 5;

export type WriteMessages = (items: readonly PendingMessage[]) => Promise<Written[]>;

/** The outcome of each message, or the error. */
type Settled = Written | Error;

export interface Appender {
  /**
   * Writes the messages of one request. A `Written` says what the log did; an `Error` in its place concerns this
   * message alone. `ownTraces` are the trace contexts of messages whose trace differs from the request's.
   * @throws Unavailable, OutcomeUnknown
   */
  append(messages: readonly PendingMessage[], ownTraces?: readonly string[]): Promise<Settled[]>;
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
 */
export function createAppender(options: {
  write: WriteMessages;
  onBatch?: (batch: { messages: number; seconds: number }) => void;
}): Appender {
  const gathered = batchWhileBusy<readonly PendingMessage[], Settled[]>({
    maxBatch: MAX_REQUESTS_PER_BATCH,
    // Waits until all that has arrived is read; otherwise the first request of a read gets a statement of its own.
    wholeTurns: true,
    run: async (requests) => {
      const start = performance.now();
      const settled = await writeInRounds(options.write, requests.flat());
      options.onBatch?.({ messages: settled.length, seconds: (performance.now() - start) / 1_000 });
      let end = 0;
      return requests.map((request) => {
        end += request.length;
        return settled.slice(end - request.length, end);
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

/** Writes messages in as few statements as their identities and size allow. Never throws. */
async function writeInRounds(write: WriteMessages, items: readonly PendingMessage[]): Promise<Settled[]> {
  const result: Settled[] = [];
  for (const round of rounds(items, MAX_CHARACTERS)) {
    const settled = await isolate(
      write,
      round.map(({ item }) => item),
    );
    for (const [position, { index }] of round.entries())
      result[index] = settled[position] ?? new Error('the log returned no outcome for a message');
  }
  return result;
}

/**
 * Writes the messages of one statement. When one of them makes it fail, the halves are written separately, down to the
 * one, so that it does not fail the others. Never throws.
 */
async function isolate(write: WriteMessages, items: readonly PendingMessage[]): Promise<Settled[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(items);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error instanceof UniqueViolation && attempt < MAX_ATTEMPTS) {
        // Another instance committed a repeat after this statement's snapshot. The next statement sees it.
        await pause(Math.random() * 5 * attempt);
        continue;
      }
      const concernsAll =
        error instanceof OutcomeUnknown || (error instanceof Unavailable && !(error instanceof LockTimeout));
      if (concernsAll || items.length === 1) return items.map(() => error);
      const middle = Math.ceil(items.length / 2);
      return [...(await isolate(write, items.slice(0, middle))), ...(await isolate(write, items.slice(middle)))];
    }
  }
}
