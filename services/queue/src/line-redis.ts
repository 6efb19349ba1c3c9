import { readFileSync } from 'node:fs';
import type { Position, QueueLengths, WaitingSession } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { type RedisConnection, type Script, scriptOf } from './connection-redis.ts';
import { levelOf, priorityOf } from './order.ts';

/** Longer than the session service takes to answer or be given up. */
const RESERVATION_MS = 10_000;
/** How long it is remembered that a session has left the line, against what was read before it did. */
const LEFT_MS = 60_000;
/** For `remove`: whichever wait it is. */
export const ANY_EPOCH = Number.MAX_SAFE_INTEGER;

const lua = (name: string) => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
const prelude = lua('line');
const once = lua('once');
const reading = (name: string): Script => scriptOf(`${prelude}\n${lua(name)}`);
const changing = (name: string): Script => scriptOf(`${prelude}\n${once.replace('--[[change]]', () => lua(name))}`);
const scripts = {
  put: changing('put'),
  remove: changing('remove'),
  reserve: changing('reserve'),
  settle: changing('settle'),
  place: reading('place'),
  slice: reading('slice'),
  first: reading('first'),
  head: reading('head'),
  scan: reading('scan'),
  sweep: reading('sweep'),
  compared: reading('compared'),
  claims: reading('claims'),
  claimed: reading('claimed'),
};

/** What a script answered, as its comment says. */
type Flat = (string | number)[];

export type Reservation =
  | { outcome: 'reserved'; sessionId: string; token: string; epoch: number; startMs: number }
  /** Another agent is about to get it, or all who wait. */
  | { outcome: 'held' }
  | { outcome: 'absent' | 'empty' | 'rebuilding' };

/** A member of one level as Redis has it. `epoch` is null when only the sorted set knows it. */
export interface Member {
  sessionId: string;
  level: number;
  startMs: number;
  epoch: number | null;
}

/**
 * The order of waiting, in Redis. Every change is one script that carries an operation id: repeated with the same id
 * within a minute it changes nothing and gives the first result.
 * Everything here throws Unavailable when Redis cannot be reached.
 */
export function createLine(options: {
  redis: RedisConnection;
  prefix: string;
  stepMs: number;
  /** How long a reservation holds when nobody ends it. */
  reservationMs?: number;
  /** Called after each change of the order by this process. */
  onChange?: () => void;
}) {
  const { redis, prefix, stepMs, reservationMs = RESERVATION_MS } = options;
  const key = (name: string) => `${prefix}${name}`;
  const keys = ['queue:high', 'queue:normal', 'queue:low', 'queue_metadata', 'queue:epochs', 'queue:claims'].map(key);
  const line = [...keys, key('queue:version')];
  const leftKey = (sessionId: string) => key(`queue:left:${sessionId}`);
  const comparedKey = key('queue:compared');
  const claimedKey = key('queue:claimed');

  const read = async (script: Script, args: (string | number)[], more: string[] = []) =>
    (await redis.run(script, [...line, ...more], args)) as Flat | null;
  const change = async <Result>(script: Script, operation: string, more: string[], args: (string | number)[]) =>
    // The scripts' own JSON, of the shape that each of them states.
    JSON.parse(
      String(await redis.run(script, [...line, key(`queue:operation:${operation}`), ...more], args)),
    ) as Result;
  const tell = (changed: boolean) => {
    if (changed) options.onChange?.();
  };

  return {
    /**
     * Puts sessions in line. `keep`: one that is in line keeps its place. `correct`: as the record has it, except those
     * that have left the line since the record was read.
     */
    async put(mode: 'keep' | 'correct', sessions: readonly WaitingSession[], operation = newId()) {
      const args = sessions.flatMap((one) => [
        one.sessionId,
        one.epoch,
        levelOf(one.priority),
        Date.parse(one.requestedAt),
        JSON.stringify(one),
      ]);
      const marks = sessions.map(({ sessionId }) => leftKey(sessionId));
      const result = await change<{ added: number; moved: number }>(scripts.put, operation, marks, [mode, ...args]);
      tell(result.added + result.moved > 0);
      return result;
    },

    /**
     * Takes sessions out of line, unless they have begun a newer wait than the epoch given. With `remember`, what was
     * read of the record before is not put back.
     */
    async remove(
      sessions: readonly { sessionId: string; epoch: number }[],
      remember: boolean,
      operation = newId(),
    ): Promise<number> {
      const args = sessions.flatMap(({ sessionId, epoch }) => [sessionId, epoch]);
      const marks = remember ? sessions.map(({ sessionId }) => leftKey(sessionId)) : [];
      const { removed } = await change<{ removed: number }>(scripts.remove, operation, marks, [
        remember ? LEFT_MS : 0,
        ...args,
      ]);
      tell(removed > 0);
      return removed;
    },

    /** Reserves the session named, or else the next in line that nobody has reserved. [C4] */
    async reserve(agentId: string, sessionId?: string, operation = newId()): Promise<Reservation> {
      const answer = await change<{ outcome: Reservation['outcome']; sessionId: string; start: number; epoch: number }>(
        scripts.reserve,
        operation,
        [comparedKey],
        [stepMs, reservationMs, operation, agentId, sessionId ?? ''],
      );
      if (answer.outcome !== 'reserved') return { outcome: answer.outcome };
      const { outcome, start, epoch } = answer;
      return { outcome, sessionId: answer.sessionId, token: operation, epoch, startMs: start };
    },

    /** The agent has it: out of line. `startMs`, when given, makes its wait count in the figures. */
    async taken(sessionId: string, epoch: number, startMs?: number, operation = newId()): Promise<void> {
      const more = [leftKey(sessionId), claimedKey];
      const args = ['taken', sessionId, '', epoch, LEFT_MS, startMs ?? ''];
      const { removed } = await change<{ removed: number }>(scripts.settle, operation, more, args);
      tell(removed > 0);
    },

    /** The record says that it no longer waits: out of line. */
    async gone(sessionId: string, epoch: number, operation = newId()): Promise<void> {
      const more = [leftKey(sessionId), claimedKey];
      const args = ['gone', sessionId, '', epoch, LEFT_MS, ''];
      const { removed } = await change<{ removed: number }>(scripts.settle, operation, more, args);
      tell(removed > 0);
    },

    /** It still waits: the reservation ends. Its place was never given up. */
    async giveBack(sessionId: string, token: string, operation = newId()): Promise<void> {
      await change(scripts.settle, operation, [leftKey(sessionId), claimedKey], ['back', sessionId, token, 0, 0, '']);
    },

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

    /** The first of the line in order, and how many wait. Members without metadata are left out of `waiting`. */
    async first(limit: number, withMetadata: boolean) {
      const [high, normal, low, ...rest] = (await read(scripts.first, [stepMs, limit, withMetadata ? 1 : 0])) ?? [];
      const groups = inGroups(rest, 3);
      return {
        lengths: lengthsOf(Number(high), Number(normal), Number(low)),
        order: groups.map(([sessionId, level]) => ({
          sessionId: String(sessionId),
          priority: priorityOf(Number(level)),
        })),
        waiting: groups.flatMap(([, , metadata]) => (metadata ? [waitingFrom(String(metadata))] : [])),
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

    /** Drops what is kept of sessions that are not in line, and reservations that have expired. */
    async sweep(): Promise<void> {
      let cursor = '0';
      do {
        cursor = String(await redis.run(scripts.sweep, line, [cursor, 1_000]));
      } while (cursor !== '0');
    },

    /** A comparison that began at this time of Redis' clock is complete. */
    async compared(atMs: number): Promise<void> {
      await read(scripts.compared, [atMs], [comparedKey]);
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
      const [count, totalMs] = ((await read(scripts.claimed, [], [claimedKey])) ?? []).map(Number) as [number, number];
      return { count, averageSeconds: count === 0 ? null : totalMs / count / 1_000 };
    },

    /** For the scripts that begin with the same keys. */
    keys: line,
    comparedKey,
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
