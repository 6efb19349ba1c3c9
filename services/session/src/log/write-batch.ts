import { setTimeout as pause } from 'node:timers/promises';
import { LockTimeout, UniqueViolation } from '@baton/postgres';
import { OutcomeUnknown, Unavailable } from '@baton/runtime';
import type { PendingMessage, Written } from './append-request.ts';

const MAX_CHARACTERS = 4_000_000;
const MAX_ATTEMPTS = 5;

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

/**
 * Writes messages in as few statements as their identities and size allow. The messages of a session that is skipped
 * are left out, all of them, so that they keep their order: their outcome is undefined. Never throws.
 */
export async function writeBatch(
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
