import { setTimeout as pause } from 'node:timers/promises';
import { gatherWhileBusy, Unavailable } from '@baton/runtime';
import { AlreadyThere, LockedOut, OutcomeUnknown } from '../database-errors.ts';
import type { PendingMessage, Written } from './message.ts';
import { rounds } from './rounds.ts';

/**
 * Batches under way at once. A session always goes the same lane, and a lane writes one batch after the other, so that
 * the order in which messages of a session came is the order in which they are numbered. [M3]
 */
const LANES = 2;
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
   * fault that concerns this message alone.
   * @throws Unavailable, OutcomeUnknown
   */
  append(messages: readonly PendingMessage[]): Promise<Settled[]>;
  /** Resolves when nothing waits and nothing is under way. */
  settled(): Promise<void>;
}

/**
 * Gathers what many callers want written into few statements: what arrives while a batch is being written is the next
 * batch. A lone message waits for nothing.
 */
export function createAppender(options: {
  write: WriteMessages;
  onBatch?: (batch: { messages: number; seconds: number }) => void;
}): Appender {
  const lanes = Array.from({ length: LANES }, () =>
    gatherWhileBusy<readonly PendingMessage[], Settled[]>({
      maxBatch: MAX_REQUESTS_PER_BATCH,
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
    }),
  );
  return {
    async append(messages) {
      const lane = lanes[laneOf(messages[0]?.sessionId ?? '')];
      if (lane === undefined) throw new Error('there is no lane for this session');
      const settled = await lane.add(messages);
      for (const one of settled) if (one instanceof Unavailable || one instanceof OutcomeUnknown) throw one;
      return settled;
    },
    async settled() {
      await Promise.all(lanes.map((lane) => lane.settled()));
    },
  };
}

/** The end of a UUIDv7 is random. */
function laneOf(sessionId: string): number {
  return Number.parseInt(sessionId.slice(-4), 16) % LANES || 0;
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
