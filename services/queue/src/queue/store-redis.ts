import type { Position, Priority, QueueLengths, WaitingSession } from '@baton/contracts';
import { luaBeside, type Script } from '../platform/connection-redis.ts';
import { batchedQueueChanges, type QueueChangesOptions } from './changes-redis.ts';
import { indexOf, priorityAt } from './order.ts';
import { queueKeys, queueScript } from './scripts-redis.ts';

const lua = luaBeside(import.meta.url);
const scripts = {
  position: queueScript(lua('position')),
  positions: queueScript(lua('positions')),
  first: queueScript(lua('first')),
  head: queueScript(lua('head')),
  scan: queueScript(lua('scan')),
  sweep: queueScript(lua('sweep')),
  reconciled: queueScript(lua('reconciled')),
  markAway: queueScript(lua('mark-away')),
};

/** A script's flat reply, as its comment documents. */
export type Flat = (string | number)[];

/** A member of one priority as Redis has it. `epoch` is null when only the sorted set has the session. */
export interface Member {
  sessionId: string;
  priority: Priority;
  startMs: number;
  epoch: number | null;
}

/** Whether a waiting customer has a page open. */
export type CustomerPresence = 'present' | 'away';
export type PositionOnly = Omit<Position, 'estimate'>;

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
    async first(limit: number, withMetadata: boolean, after = 0) {
      const [high, normal, low, ...rest] =
        (await read(scripts.first, [stepMs, limit, withMetadata ? 1 : 0, after])) ?? [];
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
    async head(priority: Priority, limit: number) {
      return inGroups((await read(scripts.head, [indexOf(priority), limit])) ?? [], 3).map(
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
    async markAway(seen: ReadonlyMap<string, CustomerPresence>): Promise<void> {
      const args = [...seen].flatMap(([sessionId, presence]) => [sessionId, presence === 'away' ? 1 : 0]);
      if (args.length > 0 && Number(await redis.run(scripts.markAway, keys.queue, args)) > 0) options.onChange?.();
    },

    /** Drops what is stored of sessions that are not queued, and expired reservations. */
    async sweep(): Promise<void> {
      let cursor = '0';
      do {
        cursor = String(await redis.run(scripts.sweep, keys.queue, [cursor, 1_000]));
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
