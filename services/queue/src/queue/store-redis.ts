import type { Position, Priority, QueueLengths, WaitingSession } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { luaBeside, type RedisConnection, type Script } from '../platform/connection-redis.ts';
import { indexOf, priorityAt } from './order.ts';
import { batched, onceScript, type QueueKeys, queueKeys, queueScript, runOnce } from './scripts-redis.ts';

const lua = luaBeside(import.meta.url);
const scripts = {
  put: onceScript(lua('put')),
  leave: onceScript(lua('leave')),
  position: queueScript(lua('position')),
  positions: queueScript(lua('positions')),
  firstInOrder: queueScript(lua('first-in-order')),
  firstOfPriority: queueScript(lua('first-of-priority')),
  scan: queueScript(lua('scan')),
  dropLeftovers: queueScript(lua('drop-leftovers')),
  reconciled: queueScript(lua('reconciled')),
  markAway: queueScript(lua('mark-away')),
};

/** For `remove`: whatever the epoch of the wait. */
export const ANY_EPOCH = Number.MAX_SAFE_INTEGER;

/** A script's flat reply, as its comment documents. */
export type Flat = (string | number)[];

/** A member of one priority as Redis has it. `epoch` is null when only the sorted set has the session. */
export interface Member {
  sessionId: string;
  priority: Priority;
  startMs: number;
  epoch: number | null;
}

/**
 * `keep`: a queued session keeps its position. `correct`: the queue becomes what Postgres has, unless the session has
 * left since Postgres was read.
 */
type PutMode = 'keep' | 'correct';
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

interface QueueChangesOptions {
  redis: RedisConnection;
  /** Called after each change of the order by this process. */
  onChange?: () => void;
}

/** Whether a waiting customer has a page open. */
export type CustomerConnection = 'connected' | 'away';
export type PositionOnly = Omit<Position, 'estimate'>;

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
function batchedQueueChanges(options: QueueChangesOptions, keys: QueueKeys) {
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
     * Removes sessions, unless they wait with a newer epoch than the one given. With `remember`, an older read of
     * Postgres does not put them back. Returns how many were queued.
     */
    remove: (sessions: readonly { sessionId: string; epoch: number }[], remember: boolean) =>
      leave(sessions.map(({ sessionId, epoch }) => ({ sessionId, epoch, remember }))),

    /** Removes a session that an agent has claimed. With `startMs` its wait counts in the statistics. */
    async removeClaimed(sessionId: string, epoch: number, startMs?: number): Promise<void> {
      await leave([{ sessionId, epoch, remember: true, startMs }]);
    },
  };
}

/**
 * The queue in Redis.
 * Every method throws Unavailable when Redis is unavailable.
 */
export function createQueueStore(options: QueueChangesOptions & { prefix: string; stepMs: number }) {
  const { redis, stepMs } = options;
  const keys = queueKeys(options.prefix);
  const read = async (script: Script, args: (string | number)[], moreKeys: string[] = []) =>
    (await redis.run(script, [...keys.queue, ...moreKeys], args)) as Flat | null;

  return {
    ...batchedQueueChanges(options, keys),

    /** Position of one session; null when it is not queued. O(log n). */
    async position(sessionId: string): Promise<PositionOnly | null> {
      const found = await read(scripts.position, [stepMs, sessionId]);
      if (found === null) return null;
      const [position, waiting, index] = found.map(Number) as [number, number, number];
      return { sessionId, position, waiting, priority: priorityAt(index) };
    },

    /** Positions of the members of one priority with the ranks `from` to `to`: from 0, inclusive. */
    async positions(priority: Priority, from: number, to: number): Promise<PositionOnly[]> {
      const [waiting, ...rest] = (await read(scripts.positions, [stepMs, indexOf(priority), from, to])) ?? [];
      return inGroups(rest, 2).map(([sessionId, position]) => ({
        sessionId: String(sessionId),
        position: Number(position),
        waiting: Number(waiting),
        priority,
      }));
    },

    /**
     * The first sessions in order, or those behind the position `after`, and the lengths of the queue. `waiting` omits
     * sessions whose metadata Redis has lost.
     */
    async firstInOrder(limit: number, withMetadata: boolean, after = 0) {
      const [high, normal, low, ...rest] =
        (await read(scripts.firstInOrder, [stepMs, limit, withMetadata ? 1 : 0, after])) ?? [];
      const groups = inGroups(rest, 3);
      return {
        lengths: lengthsOf(Number(high), Number(normal), Number(low)),
        order: groups.map(([sessionId, index]) => ({
          sessionId: String(sessionId),
          priority: priorityAt(Number(index)),
        })),
        waiting: groups.flatMap(([, , metadata], index) =>
          metadata ? [{ ...waitingFrom(String(metadata)), position: after + index + 1 }] : [],
        ),
      };
    },

    /** The first sessions of one priority, as stored, for debugging. */
    async firstOfPriority(priority: Priority, limit: number) {
      return inGroups((await read(scripts.firstOfPriority, [indexOf(priority), limit])) ?? [], 3).map(
        ([sessionId, start, metadata]) => ({
          sessionId: String(sessionId),
          startMs: Number(start),
          waiting: metadata ? waitingFrom(String(metadata)) : null,
        }),
      );
    },

    /** A page of one priority, as stored, for the reconciler. Starts and ends with cursor '0'. */
    async scan(priority: Priority, cursor: string, count: number): Promise<{ cursor: string; members: Member[] }> {
      const [next, ...rest] = (await read(scripts.scan, [indexOf(priority), cursor, count])) ?? ['0'];
      const members = inGroups(rest, 3).map(([sessionId, start, epoch]) => ({
        sessionId: String(sessionId),
        priority,
        startMs: Number(start),
        epoch: epoch === '' ? null : Number(epoch),
      }));
      return { cursor: String(next), members };
    },

    /** [S6] A session that is away sorts behind the present ones of its priority; back, it has its position again. */
    async markAway(seen: ReadonlyMap<string, CustomerConnection>): Promise<void> {
      const args = [...seen].flatMap(([sessionId, connection]) => [sessionId, connection === 'away' ? 1 : 0]);
      if (args.length > 0 && Number(await redis.run(scripts.markAway, keys.queue, args)) > 0) options.onChange?.();
    },

    /** Drops what is stored of sessions that are not queued, and expired reservations. */
    async dropLeftovers(): Promise<void> {
      let cursor = '0';
      do {
        cursor = String(await redis.run(scripts.dropLeftovers, keys.queue, [cursor, 1_000]));
      } while (cursor !== '0');
    },

    /** Stores that a reconciliation which started at this time, by Redis' clock, is complete. */
    async reconciled(atMs: number): Promise<void> {
      await read(scripts.reconciled, [atMs], [keys.reconciled]);
    },
  };
}
export type QueueStore = ReturnType<typeof createQueueStore>;

export const lengthsOf = (high: number, normal: number, low: number): QueueLengths => ({
  high,
  normal,
  low,
  total: high + normal + low,
});

/** Only `put` writes metadata, and only what the contract's schema has accepted. */
const waitingFrom = (metadata: string) => JSON.parse(metadata) as WaitingSession;

export function inGroups(flat: Flat, size: number): Flat[] {
  const groups: Flat[] = [];
  for (let index = 0; index < flat.length; index += size) groups.push(flat.slice(index, index + size));
  return groups;
}
