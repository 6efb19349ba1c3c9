import { newId } from '@baton/runtime';
import { luaBeside, type RedisConnection } from '../platform/connection-redis.ts';
import { batched, onceScript, queueKeys, queueScript, runOnce } from '../queue/scripts-redis.ts';
import { type Flat, inGroups } from '../queue/store-redis.ts';

/** Longer than the session service takes to answer or to time out. */
const RESERVATION_MS = 10_000;

const lua = luaBeside(import.meta.url);
const scripts = {
  reserve: onceScript(lua('reserve')),
  release: onceScript(lua('release')),
  reservations: queueScript(lua('reservations')),
  claimedLastHour: queueScript(lua('claimed-last-hour')),
};

export type Reservation =
  | { outcome: 'reserved'; sessionId: string; token: string; epoch: number; startMs: number }
  /** Another agent is claiming the session, or every session of the queue. */
  | { outcome: 'reserved_by_another' }
  | { outcome: 'not_queued' | 'empty' | 'rebuilding' };

export interface Reserve {
  agentId: string;
  /** Undefined for the next in the queue. */
  sessionId: string | undefined;
}
export interface Release {
  sessionId: string;
  token: string;
}

interface ReservationsOptions {
  redis: RedisConnection;
  prefix: string;
  stepMs: number;
  /** When a reservation expires that was never released. */
  reservationMs?: number;
}

/** Reserves and releases many sessions in one script, idempotent by the operation id as in `queueChanges`. */
export function reservationChanges({ redis, prefix, stepMs, reservationMs = RESERVATION_MS }: ReservationsOptions) {
  const keys = queueKeys(prefix);
  return {
    async reserve(items: readonly Reserve[], operation = newId()): Promise<Reservation[]> {
      const results = await runOnce<
        [sessionId: string, startMs: number, epoch: number] | Exclude<Reservation['outcome'], 'reserved'>
      >(
        redis,
        scripts.reserve,
        keys,
        operation,
        [keys.reconciled],
        [stepMs, reservationMs, operation, ...items.flatMap(({ agentId, sessionId }) => [agentId, sessionId ?? ''])],
      );
      return results.map((result, index) => {
        if (!Array.isArray(result)) return { outcome: result };
        const [sessionId, startMs, epoch] = result;
        return { outcome: 'reserved', sessionId, token: `${operation}:${index + 1}`, epoch, startMs };
      });
    },

    /** Returns for each whether the reservation was still the one that the token names. */
    async release(items: readonly Release[], operation = newId()): Promise<boolean[]> {
      const args = items.flatMap(({ sessionId, token }) => [sessionId, token]);
      const results = await runOnce<0 | 1>(redis, scripts.release, keys, operation, [], args);
      return results.map((wasReserved) => wasReserved === 1);
    },
  };
}

/**
 * Reservations: the short locks on sessions that agents are claiming, and counts of claims.
 * Every method throws Unavailable when Redis is unavailable.
 */
export function createReservations(options: ReservationsOptions) {
  const { redis } = options;
  const keys = queueKeys(options.prefix);
  const changes = reservationChanges(options);
  const reserveOne = batched(changes.reserve);
  const releaseOne = batched(changes.release);

  return {
    /** [C4] Reserves the session named, or the next in the queue that is not reserved. */
    reserve: (agentId: string, sessionId?: string) => reserveOne({ agentId, sessionId }),

    /** The session still waits: other agents may claim it. It has kept its position. */
    async release(sessionId: string, token: string): Promise<void> {
      await releaseOne({ sessionId, token });
    },

    async list(): Promise<{ sessionId: string; agentId: string; expiresAtMs: number }[]> {
      const flat = (await redis.run(scripts.reservations, keys.queue, [])) as Flat | null;
      return inGroups(flat ?? [], 3).map(([sessionId, agentId, expiry]) => ({
        sessionId: String(sessionId),
        agentId: String(agentId),
        expiresAtMs: Number(expiry),
      }));
    },

    /** Waits that ended by a claim within the last hour. */
    async claimedLastHour(): Promise<{ count: number; averageSeconds: number | null }> {
      const flat = (await redis.run(scripts.claimedLastHour, [...keys.queue, keys.claimed], [])) as Flat | null;
      const [count, totalMs] = (flat ?? []).map(Number) as [number, number];
      return { count, averageSeconds: count === 0 ? null : totalMs / count / 1_000 };
    },
  };
}
export type Reservations = ReturnType<typeof createReservations>;
