import type { QueueLengths } from '@baton/contracts';
import { luaBeside, type RedisConnection, scriptOf } from '../platform/connection-redis.ts';
import { levels } from '../queue/order.ts';
import { scriptOnLine } from '../queue/scripts-redis.ts';
import { type Line, lengthsOf } from '../queue/store-redis.ts';

const lua = luaBeside(import.meta.url);
const pulseScript = scriptOnLine(lua('heartbeat'));
const leadScript = scriptOf(lua('leader-lock'));

/** A pause between beats that is longer than this begins a new stretch. */
export const LONGEST_PAUSE_MS = 3_000;

/** What one beat finds. Times are ms by the clock of Redis. */
export interface Beat {
  now: number;
  /** Start of the present stretch: since then Redis has kept its data and some queue service has heard NATS and it. */
  since: number;
  /** Raised by every change of the order. */
  version: number;
  comparedAt: number | null;
  lengths: QueueLengths;
  /** Start of the longest wait of each level. */
  oldest: (number | null)[];
}

/** Beats and locks. Everything here throws Unavailable when Redis cannot be reached. */
export function createPulse(options: { redis: RedisConnection; prefix: string; instance: string; line: Line }) {
  const { redis, prefix, instance, line } = options;
  const markerKey = `${prefix}queue:epoch`;
  const lockKey = (purpose: string) => `${prefix}queue:lock:${purpose}`;

  return {
    markerKey,

    async beat(): Promise<Beat> {
      const answer = await redis.run(pulseScript, [...line.keys, markerKey, line.comparedKey], [LONGEST_PAUSE_MS]);
      const [now, since, version, comparedAt, ...perLevel] = answer as string[];
      const length = (level: number) => Number(perLevel[level * 2]);
      return {
        now: Number(now),
        since: Number(since),
        version: Number(version),
        comparedAt: comparedAt === '' ? null : Number(comparedAt),
        lengths: lengthsOf(length(0), length(1), length(2)),
        oldest: levels.map((_, level) => (perLevel[level * 2 + 1] ? Number(perLevel[level * 2 + 1]) : null)),
      };
    },

    /**
     * Takes or renews the lock on one purpose for `ms`. It is an economy, so that instances do not do the same work at
     * the same time: when two hold it for a moment (Redis has lost it), nothing goes wrong, since what it guards is
     * idempotent.
     */
    async lead(purpose: string, ms: number): Promise<boolean> {
      return (await redis.run(leadScript, [lockKey(purpose)], [instance, ms])) === 1;
    },

    /** Gives the lock back, so that another instance need not wait for it to expire. */
    async yieldLead(purpose: string): Promise<void> {
      await redis.run(leadScript, [lockKey(purpose)], [instance, 0]);
    },
  };
}
export type Pulse = ReturnType<typeof createPulse>;
