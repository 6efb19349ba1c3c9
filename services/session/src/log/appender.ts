import { setTimeout as pause } from 'node:timers/promises';
import { gatherWhileBusy, inSpans, Unavailable } from '@baton/runtime';
import { AlreadyThere, LockedOut, OutcomeUnknown } from '../platform/database-errors.ts';
import type { PendingMessage, Written } from './message.ts';
import { rounds } from './rounds.ts';

const MAX_REQUESTS_PER_BATCH = 500;
/** Characters in one statement. */
const MAX_WEIGHT = 4_000_000;
const MAX_ATTEMPTS = 5;

export type WriteMessages = (items: readonly PendingMessage[]) => Promise<Written[]>;

/** Of each message what became of it, or what went wrong. */
type Settled = Written | Error;

export interface Appender {
  /**
   * Writes the messages of one request. What the log refuses is told in each `Written`; an `Error` in its place is a
   * fault that concerns this message alone. `ownTraces` are those of messages that were sent in another than the request.
   * @throws Unavailable, OutcomeUnknown
   */
  append(messages: readonly PendingMessage[], ownTraces?: readonly string[]): Promise<Settled[]>;
  /** Resolves when nothing waits and nothing is under way. */
  settled(): Promise<void>;
}

/**
 * Gathers what many callers want written into few statements: what arrives in one turn of the event loop, or while a
 * batch is being written, is the next batch. A lone message waits for nothing. One batch after the other, so that the order in which messages of a session
 * came is the order in which they are numbered [M3]; and since a statement costs far more than a row of it, two batches
 * at a time would only be smaller ones (measured: twice the CPU time of Postgres for a message, and no more of them).
 */
export function createAppender(options: {
  write: WriteMessages;
  onBatch?: (batch: { messages: number; seconds: number }) => void;
}): Appender {
  const gathered = gatherWhileBusy<readonly PendingMessage[], Settled[]>({
    maxBatch: MAX_REQUESTS_PER_BATCH,
    // Else requests that came in one read would be two statements, the first one's and the others'.
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
      // A span for each request and trace, though many are written in one statement.
      const settled = await inSpans('postgres append', 'client', ownTraces, () => gathered.add(messages));
      for (const one of settled) if (one instanceof Unavailable || one instanceof OutcomeUnknown) throw one;
      return settled;
    },
    settled: () => gathered.settled(),
  };
}

/** Writes messages in as few statements as their identities and weight allow. Never throws. */
async function writeInRounds(write: WriteMessages, items: readonly PendingMessage[]): Promise<Settled[]> {
  const result: Settled[] = [];
  for (const round of rounds(items, MAX_WEIGHT)) {
    const settled = await isolate(
      write,
      round.map(({ item }) => item),
    );
    for (const [position, { index }] of round.entries())
      result[index] = settled[position] ?? new Error('the log gave no answer for a message');
  }
  return result;
}

/**
 * Writes one statement's messages. When it fails for a reason that lies in one of them, halves are tried, down to the
 * one: it must not take the others with it. Never throws.
 */
async function isolate(write: WriteMessages, items: readonly PendingMessage[]): Promise<Settled[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(items);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error instanceof AlreadyThere && attempt < MAX_ATTEMPTS) {
        // A repeat was committed by another instance since this statement began: the next one sees it.
        await pause(Math.random() * 5 * attempt);
        continue;
      }
      const concernsAll =
        error instanceof OutcomeUnknown || (error instanceof Unavailable && !(error instanceof LockedOut));
      if (concernsAll || items.length === 1) return items.map(() => error);
      const middle = Math.ceil(items.length / 2);
      return [...(await isolate(write, items.slice(0, middle))), ...(await isolate(write, items.slice(middle)))];
    }
  }
}
