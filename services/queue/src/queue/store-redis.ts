import type { Position, QueueLengths, WaitingSession } from '@baton/contracts';
import { luaBeside, type Script } from '../platform/connection-redis.ts';
import { gatheredChanges, type LineChangesOptions } from './changes-redis.ts';
import { priorityOf } from './order.ts';
import { lineKeys, scriptOnLine } from './scripts-redis.ts';

const lua = luaBeside(import.meta.url);
const claimsLua = luaBeside(new URL('../claims/', import.meta.url).href);
const scripts = {
  place: scriptOnLine(lua('position')),
  slice: scriptOnLine(lua('positions')),
  first: scriptOnLine(lua('first')),
  head: scriptOnLine(lua('head')),
  scan: scriptOnLine(lua('scan')),
  sweep: scriptOnLine(lua('sweep')),
  compared: scriptOnLine(lua('reconciled')),
  claims: scriptOnLine(claimsLua('reservations')),
  claimed: scriptOnLine(claimsLua('claimed-last-hour')),
  attend: scriptOnLine(lua('mark-away')),
};

/** What a script answered, as its comment says. */
type Flat = (string | number)[];

/** A member of one level as Redis has it. `epoch` is null when only the sorted set knows it. */
export interface Member {
  sessionId: string;
  level: number;
  startMs: number;
  epoch: number | null;
}

/** Whether a waiting customer has a page open. */
export type Attending = 'present' | 'away';

/**
 * The order of waiting, in Redis.
 * Everything here throws Unavailable when Redis cannot be reached.
 */
export function createLine(options: LineChangesOptions & { prefix: string }) {
  const { redis, stepMs } = options;
  const keys = lineKeys(options.prefix);
  const read = async (script: Script, args: (string | number)[], more: string[] = []) =>
    (await redis.run(script, [...keys.line, ...more], args)) as Flat | null;

  return {
    ...gatheredChanges(options, keys),

    /** Place of one session; null when it is not in line. O(log n). */
    async place(sessionId: string): Promise<Omit<Position, 'estimate'> | null> {
      const found = await read(scripts.place, [stepMs, sessionId]);
      if (found === null) return null;
      const [position, waiting, level] = found.map(Number) as [number, number, number];
      return { sessionId, position, waiting, priority: priorityOf(level) };
    },

    /** Places of the members `from` to `to` (inclusive, from 0) of one level. */
    async slice(level: number, from: number, to: number): Promise<Omit<Position, 'estimate'>[]> {
      const [waiting, ...rest] = (await read(scripts.slice, [stepMs, level, from, to])) ?? [];
      return inGroups(rest, 2).map(([sessionId, position]) => ({
        sessionId: String(sessionId),
        position: Number(position),
        waiting: Number(waiting),
        priority: priorityOf(level),
      }));
    },

    /** The first of the line in order, or those behind the place `after`, and how many wait. Members of whom only the place is known are left out of `waiting`. */
    async first(limit: number, withMetadata: boolean, after = 0) {
      const [high, normal, low, ...rest] =
        (await read(scripts.first, [stepMs, limit, withMetadata ? 1 : 0, after])) ?? [];
      const groups = inGroups(rest, 3);
      return {
        lengths: lengthsOf(Number(high), Number(normal), Number(low)),
        order: groups.map(([sessionId, level]) => ({
          sessionId: String(sessionId),
          priority: priorityOf(Number(level)),
        })),
        waiting: groups.flatMap(([, , metadata], index) =>
          metadata ? [{ ...waitingFrom(String(metadata)), position: after + index + 1 }] : [],
        ),
      };
    },

    /** The first of one level as they are kept, for operators. */
    async head(level: number, limit: number) {
      return inGroups((await read(scripts.head, [level, limit])) ?? [], 3).map(([sessionId, start, metadata]) => ({
        sessionId: String(sessionId),
        startMs: Number(start),
        waiting: metadata ? waitingFrom(String(metadata)) : null,
      }));
    },

    /** Part of one level as it is kept, for comparing. Begins and ends with cursor '0'. */
    async scan(level: number, cursor: string, count: number): Promise<{ cursor: string; members: Member[] }> {
      const [next, ...rest] = (await read(scripts.scan, [level, cursor, count])) ?? ['0'];
      const members = inGroups(rest, 3).map(([sessionId, start, epoch]) => ({
        sessionId: String(sessionId),
        level,
        startMs: Number(start),
        epoch: epoch === '' ? null : Number(epoch),
      }));
      return { cursor: String(next), members };
    },

    /** [S6] Who is away stands behind those present in its level; who is back gets its place again. */
    async attend(seen: ReadonlyMap<string, Attending>): Promise<void> {
      const args = [...seen].flatMap(([sessionId, attending]) => [sessionId, attending === 'away' ? 1 : 0]);
      if (args.length > 0 && Number(await redis.run(scripts.attend, keys.line, args)) > 0) options.onChange?.();
    },

    /** Drops what is kept of sessions that are not in line, and reservations that have expired. */
    async sweep(): Promise<void> {
      let cursor = '0';
      do {
        cursor = String(await redis.run(scripts.sweep, keys.line, [cursor, 1_000]));
      } while (cursor !== '0');
    },

    /** A comparison that began at this time of Redis' clock is complete. */
    async compared(atMs: number): Promise<void> {
      await read(scripts.compared, [atMs], [keys.compared]);
    },

    /** Reservations under way. */
    async claims(): Promise<{ sessionId: string; agentId: string; expiresAtMs: number }[]> {
      return inGroups((await read(scripts.claims, [])) ?? [], 3).map(([sessionId, agentId, expiry]) => ({
        sessionId: String(sessionId),
        agentId: String(agentId),
        expiresAtMs: Number(expiry),
      }));
    },

    /** Waits that ended by a claim within the last hour. */
    async claimedLastHour(): Promise<{ count: number; averageSeconds: number | null }> {
      const [count, totalMs] = ((await read(scripts.claimed, [], [keys.claimed])) ?? []).map(Number) as [
        number,
        number,
      ];
      return { count, averageSeconds: count === 0 ? null : totalMs / count / 1_000 };
    },

    /** For the scripts that begin with the same keys. */
    keys: keys.line,
    comparedKey: keys.compared,
  };
}
export type Line = ReturnType<typeof createLine>;

export const lengthsOf = (high: number, normal: number, low: number): QueueLengths => ({
  high,
  normal,
  low,
  total: high + normal + low,
});

/** Only `put` writes metadata, from what the contract's schema has passed. */
const waitingFrom = (metadata: string) => JSON.parse(metadata) as WaitingSession;

function inGroups(flat: Flat, size: number): Flat[] {
  const groups: Flat[] = [];
  for (let index = 0; index < flat.length; index += size) groups.push(flat.slice(index, index + size));
  return groups;
}
