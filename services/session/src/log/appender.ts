import { setTimeout as pause } from 'node:timers/promises';
import { LockTimeout, UniqueViolation } from '@baton/postgres';
import { batchWhileBusy, inSpans, type Metrics, OutcomeUnknown, Unavailable } from '@baton/runtime';
import type { PendingMessage, Written } from './append-request.ts';

const MAX_REQUESTS_PER_BATCH = 500;
/** Of one statement. */
const MAX_CHARACTERS = 4_000_000;
const MAX_ATTEMPTS = 5;
/** A statement that takes longer waits for a lock, or for a slow disk. */
export const SLOW_BATCH_MS = 100;
/** Most locks of others last for one statement. */
const LOCKED_PAUSE_MS = 4;
/** Locks that are waited for at once, besides that of one lone message. Each takes a connection. */
const LOCKS_AT_ONCE = 4;

/**
 * What becomes of sessions that another transaction has locked: they are waited for, or skipped, or `either`, by the
 * faster statement. Waiting takes a connection for as long as the lock lasts, so the caller bounds how many wait.
 */
export type Locked = 'wait' | 'skip' | 'either';

/** Writes messages in one statement, which is one transaction. Those of sessions that were skipped are `'locked'`. */
export type WriteMessages = (
  items: readonly PendingMessage[],
  locked: Locked,
) => Promise<readonly (Written | 'locked')[]>;

/** The outcome of a message, or the error. */
export type Settled = Written | Error;

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

const MESSAGES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000];

/** [O4] The size and time of each batch of appends. The runtime counts requests, their times and refusals. */
export function appendMetrics(metrics: Metrics) {
  const size = metrics.histogram('baton_append_batch_messages', 'Messages in one batch of appends', [], MESSAGES);
  const seconds = metrics.histogram('baton_append_batch_seconds', 'Time to write one batch of appends');
  return (batch: { messages: number; seconds: number }): void => {
    size.observe(batch.messages);
    seconds.observe(batch.seconds);
  };
}

const settledOf = (outcome: Settled | undefined): Settled =>
  outcome ?? new Error('the log returned no outcome for a message');

/**
 * Writes messages in as few statements as their identities and size allow. The messages of a session that is skipped
 * are left out, all of them, so that they keep their order: their outcome is undefined. Never throws.
 */
async function writeBatch(
  write: WriteMessages,
  items: readonly PendingMessage[],
  locked: Locked,
): Promise<(Settled | undefined)[]> {
  const settled: (Settled | undefined)[] = items.map(() => undefined);
  const skipped = new Set<string>();

  /**
   * Writes the messages of one statement. When one of them makes it fail, the halves are written separately, down to
   * the one, so that it does not fail the others.
   */
  const isolate = async (round: readonly Indexed[]): Promise<void> => {
    const due = round.filter(({ item }) => !skipped.has(item.sessionId));
    for (let attempt = 1; due.length > 0; attempt++) {
      try {
        const outcomes = await write(
          due.map(({ item }) => item),
          locked,
        );
        for (const [position, { item, index }] of due.entries()) {
          const outcome = outcomes[position] ?? new Error('the log returned no outcome for a message');
          if (outcome === 'locked') skipped.add(item.sessionId);
          else settled[index] = outcome;
        }
        return;
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (error instanceof UniqueViolation && attempt < MAX_ATTEMPTS) {
          // Another instance committed a repeat after this statement's snapshot. The next statement sees it.
          await pause(Math.random() * 5 * attempt);
          continue;
        }
        const concernsAll =
          error instanceof OutcomeUnknown || (error instanceof Unavailable && !(error instanceof LockTimeout));
        if (concernsAll || due.length === 1) {
          for (const { index } of due) settled[index] = error;
          return;
        }
        const middle = Math.ceil(due.length / 2);
        await isolate(due.slice(0, middle));
        return isolate(due.slice(middle));
      }
    }
  };
  for (const round of rounds(items, MAX_CHARACTERS)) await isolate(round);
  return settled;
}

interface Indexed {
  item: PendingMessage;
  index: number;
}

/**
 * Splits messages into rounds, in order, so that no round has two messages with one client id, or two answers of one
 * session. Rounds are written one after the other, so the second message sees the outcome of the first. Later messages
 * of its session move with it, which keeps the order within the session. No round is larger than `maxCharacters`.
 */
export function rounds(
  items: readonly PendingMessage[],
  maxCharacters: number = Number.POSITIVE_INFINITY,
): Indexed[][] {
  const result: Indexed[][] = [];
  let rest = items.map((item, index) => ({ item, index }));
  while (rest.length > 0) {
    const round: typeof rest = [];
    const later: typeof rest = [];
    const identities = new Set<string>();
    const deferredSessions = new Set<string>();
    let characters = 0;
    for (const one of rest) {
      const own = identitiesOf(one.item);
      const clashes = own.some((identity) => identities.has(identity));
      const tooLarge = round.length > 0 && characters + sizeOf(one.item) > maxCharacters;
      if (clashes || tooLarge || deferredSessions.has(one.item.sessionId)) {
        deferredSessions.add(one.item.sessionId);
        later.push(one);
        continue;
      }
      for (const identity of own) identities.add(identity);
      characters += sizeOf(one.item);
      round.push(one);
    }
    result.push(round);
    rest = later;
  }
  return result;
}

function identitiesOf({ sessionId, sender, clientMessageId, inReplyTo }: PendingMessage): string[] {
  const result: string[] = [];
  if (clientMessageId !== null) result.push(`${sessionId} id ${sender} ${clientMessageId}`);
  if (sender === 'bot' && inReplyTo !== null) result.push(`${sessionId} answer`);
  return result;
}

/** The approximate number of characters. The contract bounds the metadata, which counts as a constant. */
function sizeOf(item: PendingMessage): number {
  return item.content.length + 256;
}
