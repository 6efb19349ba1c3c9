import type { WaitingSession } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { batched } from '../platform/batched.ts';
import { luaBeside, type RedisConnection } from '../platform/connection-redis.ts';
import { indexOf } from './order.ts';
import { onceScript, type QueueKeys, runOnce } from './scripts-redis.ts';

/** For `remove`: whatever the epoch of the wait. */
export const ANY_EPOCH = Number.MAX_SAFE_INTEGER;

const lua = luaBeside(import.meta.url);
const scripts = { put: onceScript(lua('put')), leave: onceScript(lua('leave')) };

/**
 * `keep`: a queued session keeps its position. `correct`: the queue becomes what Postgres has, unless the session has left
 * since Postgres was read.
 */
export type PutMode = 'keep' | 'correct';
export interface Put {
  mode: PutMode;
  waiting: WaitingSession;
}
export interface Leave {
  sessionId: string;
  /** The newest wait to remove. */
  epoch: number;
  /** An older read of Postgres does not put it back. */
  remember: boolean;
  /** Set when the wait ended by a claim that counts in the statistics: the start of the wait. */
  startMs?: number | undefined;
}

export interface QueueChangesOptions {
  redis: RedisConnection;
  /** Called after each change of the order by this process. */
  onChange?: () => void;
}

/**
 * Puts and removes many sessions in one script. The operation id makes each call idempotent: with the same id within a
 * minute it changes nothing and returns the first results.
 */
export function queueChanges({ redis }: QueueChangesOptions, keys: QueueKeys) {
  return {
    put: (items: readonly Put[], operation = newId()) =>
      runOnce<'added' | 'moved' | 'kept'>(
        redis,
        scripts.put,
        keys,
        operation,
        keys.left,
        items.flatMap(({ mode, waiting }) => [
          mode,
          waiting.sessionId,
          waiting.epoch,
          indexOf(waiting.priority),
          Date.parse(waiting.requestedAt),
          JSON.stringify(waiting),
        ]),
      ),

    /** Returns for each session whether it was queued. */
    async leave(items: readonly Leave[], operation = newId()): Promise<boolean[]> {
      const results = await runOnce<0 | 1>(
        redis,
        scripts.leave,
        keys,
        operation,
        [...keys.left, keys.claimed],
        items.flatMap(({ sessionId, epoch, remember, startMs }) => [sessionId, epoch, remember ? 1 : 0, startMs ?? '']),
      );
      return results.map((wasQueued) => wasQueued === 1);
    },
  };
}

/** The same changes as the service requests them: one by one, batched into scripts. */
export function batchedQueueChanges(options: QueueChangesOptions, keys: QueueKeys) {
  const changes = queueChanges(options, keys);
  const putOne = batched(changes.put);
  const leaveOne = batched(changes.leave);
  const notifyIf = (changed: boolean) => {
    if (changed) options.onChange?.();
  };
  const leave = async (items: readonly Leave[]) => {
    const results = await Promise.all(items.map((item) => leaveOne(item)));
    const removed = results.filter(Boolean).length;
    notifyIf(removed > 0);
    return removed;
  };

  return {
    async put(mode: PutMode, sessions: readonly WaitingSession[]) {
      const results = await Promise.all(sessions.map((waiting) => putOne({ mode, waiting })));
      const count = (wanted: 'added' | 'moved') => results.filter((result) => result === wanted).length;
      const result = { added: count('added'), moved: count('moved') };
      notifyIf(result.added + result.moved > 0);
      return result;
    },

    /**
     * Removes sessions, unless they wait with a newer epoch than the one given. With `remember`, an older read of Postgres
     * does not put them back. Returns how many were queued.
     */
    remove: (sessions: readonly { sessionId: string; epoch: number }[], remember: boolean) =>
      leave(sessions.map(({ sessionId, epoch }) => ({ sessionId, epoch, remember }))),

    /** Removes a session that an agent has claimed. With `startMs` its wait counts in the statistics. */
    async removeClaimed(sessionId: string, epoch: number, startMs?: number): Promise<void> {
      await leave([{ sessionId, epoch, remember: true, startMs }]);
    },
  };
}
