import type { WaitingSession } from '@baton/contracts';
import { gatherWhileBusy, newId } from '@baton/runtime';
import { luaBeside, type RedisConnection } from '../platform/connection-redis.ts';
import { levelOf } from './order.ts';
import { type LineKeys, scriptThatChanges } from './scripts-redis.ts';

/** Longer than the session service takes to answer or be given up. */
const RESERVATION_MS = 10_000;
/** For `remove`: whichever wait it is. */
export const ANY_EPOCH = Number.MAX_SAFE_INTEGER;
/** A script holds up all others; so many cost little more each than hundreds would, and take it a quarter of a millisecond. */
const MOST_AT_ONCE = 32;

const lua = luaBeside(import.meta.url);
const claimsLua = luaBeside(new URL('../claims/', import.meta.url).href);
const scripts = {
  put: scriptThatChanges(lua('put')),
  leave: scriptThatChanges(lua('leave')),
  reserve: scriptThatChanges(claimsLua('reserve')),
  giveBack: scriptThatChanges(claimsLua('release')),
};

export type Reservation =
  | { outcome: 'reserved'; sessionId: string; token: string; epoch: number; startMs: number }
  /** Another agent is about to get it, or all who wait. */
  | { outcome: 'held' }
  | { outcome: 'absent' | 'empty' | 'rebuilding' };

/** `keep`: one that is in line keeps its place. `correct`: as the record has it, unless it has left since it was read. */
export type PutMode = 'keep' | 'correct';
export interface Put {
  mode: PutMode;
  waiting: WaitingSession;
}
export interface Leave {
  sessionId: string;
  /** The newest wait to take out. */
  epoch: number;
  /** What was read of the record before is not put back. */
  remember: boolean;
  /** An agent got it, and a wait that began then counts in the figures. */
  startMs?: number | undefined;
}
export interface Reserve {
  agentId: string;
  /** Undefined for the next in line. */
  sessionId: string | undefined;
}
export interface GiveBack {
  sessionId: string;
  token: string;
}

export interface LineChangesOptions {
  redis: RedisConnection;
  stepMs: number;
  /** How long a reservation holds when nobody ends it. */
  reservationMs?: number;
  /** Called after each change of the order by this process. */
  onChange?: () => void;
}

/**
 * The changes of the line, each of many at once, each one script with an operation id: repeated with the same id within
 * a minute it changes nothing and gives the first results.
 */
export function lineChanges({ redis, stepMs, reservationMs = RESERVATION_MS }: LineChangesOptions, keys: LineKeys) {
  const change = async <Result>(
    script: keyof typeof scripts,
    operation: string,
    more: string[],
    args: (string | number)[],
  ) =>
    // The scripts' own JSON, of the shape that each of them states.
    JSON.parse(
      String(await redis.run(scripts[script], [...keys.line, keys.operation(operation), ...more], args)),
    ) as Result[];

  return {
    put: (items: readonly Put[], operation = newId()) =>
      change<'added' | 'moved' | 'kept'>(
        'put',
        operation,
        keys.left,
        items.flatMap(({ mode, waiting }) => [
          mode,
          waiting.sessionId,
          waiting.epoch,
          levelOf(waiting.priority),
          Date.parse(waiting.requestedAt),
          JSON.stringify(waiting),
        ]),
      ),

    /** Whether each was in line. */
    async leave(items: readonly Leave[], operation = newId()): Promise<boolean[]> {
      const results = await change<0 | 1>(
        'leave',
        operation,
        [...keys.left, keys.claimed],
        items.flatMap(({ sessionId, epoch, remember, startMs }) => [sessionId, epoch, remember ? 1 : 0, startMs ?? '']),
      );
      return results.map((was) => was === 1);
    },

    async reserve(items: readonly Reserve[], operation = newId()): Promise<Reservation[]> {
      const results = await change<
        [sessionId: string, startMs: number, epoch: number] | Exclude<Reservation['outcome'], 'reserved'>
      >(
        'reserve',
        operation,
        [keys.compared],
        [stepMs, reservationMs, operation, ...items.flatMap(({ agentId, sessionId }) => [agentId, sessionId ?? ''])],
      );
      return results.map((result, index) => {
        if (!Array.isArray(result)) return { outcome: result };
        const [sessionId, startMs, epoch] = result;
        return { outcome: 'reserved', sessionId, token: `${operation}:${index + 1}`, epoch, startMs };
      });
    },

    /** Whether each reservation was still the one that the token names. */
    async giveBack(items: readonly GiveBack[], operation = newId()): Promise<boolean[]> {
      const args = items.flatMap(({ sessionId, token }) => [sessionId, token]);
      return (await change<0 | 1>('giveBack', operation, [], args)).map((was) => was === 1);
    },
  };
}

/**
 * The same changes one by one, as the service asks for them: what is asked in one turn of the event loop or while a
 * script is under way goes with the next. Fifty agents who claim at once cost two scripts, not a hundred, and none looks
 * past the reservations of the others.
 */
export function gatheredChanges(options: LineChangesOptions, keys: LineKeys) {
  const changes = lineChanges(options, keys);
  // Two at once: while Redis does the one, this process writes the other or reads its answers.
  const gathered = <Item, Result>(run: (items: Item[]) => Promise<Result[]>) =>
    gatherWhileBusy({ maxBatch: MOST_AT_ONCE, wholeTurns: true, concurrency: 2, run: (items: Item[]) => run(items) })
      .add;
  const putOne = gathered(changes.put);
  const leaveOne = gathered(changes.leave);
  const reserveOne = gathered(changes.reserve);
  const giveBackOne = gathered(changes.giveBack);
  const tell = (changed: boolean) => {
    if (changed) options.onChange?.();
  };
  const leave = async (items: readonly Leave[]) => {
    const results = await Promise.all(items.map((item) => leaveOne(item)));
    const removed = results.filter(Boolean).length;
    tell(removed > 0);
    return removed;
  };

  return {
    /** Puts sessions in line. */
    async put(mode: PutMode, sessions: readonly WaitingSession[]) {
      const results = await Promise.all(sessions.map((waiting) => putOne({ mode, waiting })));
      const count = (wanted: 'added' | 'moved') => results.filter((result) => result === wanted).length;
      const result = { added: count('added'), moved: count('moved') };
      tell(result.added + result.moved > 0);
      return result;
    },

    /**
     * Takes sessions out of line, unless they have begun a newer wait than the epoch given. With `remember`, what was
     * read of the record before is not put back. Returns how many were in line.
     */
    remove: (sessions: readonly { sessionId: string; epoch: number }[], remember: boolean) =>
      leave(sessions.map(({ sessionId, epoch }) => ({ sessionId, epoch, remember }))),

    /** Reserves the session named, or else the next in line that nobody has reserved. [C4] */
    reserve: (agentId: string, sessionId?: string) => reserveOne({ agentId, sessionId }),

    /** The agent has it: out of line. `startMs`, when given, makes its wait count in the figures. */
    async taken(sessionId: string, epoch: number, startMs?: number): Promise<void> {
      await leave([{ sessionId, epoch, remember: true, startMs }]);
    },

    /** The record says that it no longer waits: out of line. */
    async gone(sessionId: string, epoch: number): Promise<void> {
      await leave([{ sessionId, epoch, remember: true }]);
    },

    /** It still waits: the reservation ends. Its place was never given up. */
    async giveBack(sessionId: string, token: string): Promise<void> {
      await giveBackOne({ sessionId, token });
    },
  };
}
