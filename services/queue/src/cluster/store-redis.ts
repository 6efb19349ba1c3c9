import type { QueueLengths } from '@baton/contracts';
import { luaBeside, type RedisConnection, scriptOf } from '../platform/connection-redis.ts';
import { priorities } from '../queue/order.ts';
import { queueKeys, queueScript } from '../queue/scripts-redis.ts';
import { lengthsOf } from '../queue/store-redis.ts';

const lua = luaBeside(import.meta.url);
const heartbeatScript = queueScript(lua('heartbeat'));
const lockScript = scriptOf(lua('leader-lock'));

/** A longer pause between heartbeats starts a new generation. */
export const LONGEST_PAUSE_MS = 3_000;

/** What one heartbeat reads. Times are in ms, by Redis' clock. */
export interface ClusterState {
  now: number;
  /** Start of the current generation: since then Redis has kept its data, and some instance has reached NATS and Redis. */
  since: number;
  /** Incremented by every change of the order. */
  version: number;
  reconciledAt: number | null;
  lengths: QueueLengths;
  /** Start of the longest wait of each priority. */
  oldest: (number | null)[];
}

/** The Redis key of the current generation. `queue:epoch` is its name on the wire; `queue:epochs` is the waits' epochs. */
export const generationKey = (prefix: string) => `${prefix}queue:epoch`;

/** Every method throws Unavailable when Redis is unavailable. */
export function createHeartbeatStore({ redis, prefix }: { redis: RedisConnection; prefix: string }) {
  const queue = queueKeys(prefix);
  const keys = [...queue.queue, generationKey(prefix), queue.reconciled];

  return {
    async send(): Promise<ClusterState> {
      const answer = await redis.run(heartbeatScript, keys, [LONGEST_PAUSE_MS]);
      const [now, since, version, reconciledAt, ...perPriority] = answer as string[];
      const length = (index: number) => Number(perPriority[index * 2]);
      return {
        now: Number(now),
        since: Number(since),
        version: Number(version),
        reconciledAt: reconciledAt === '' ? null : Number(reconciledAt),
        lengths: lengthsOf(length(0), length(1), length(2)),
        oldest: priorities.map((_, index) => (perPriority[index * 2 + 1] ? Number(perPriority[index * 2 + 1]) : null)),
      };
    },
  };
}
export type HeartbeatStore = ReturnType<typeof createHeartbeatStore>;

/** The jobs that one instance does at a time, by the Redis keys of their locks. */
const lockKeys = {
  reconciliation: 'queue:lock:compare',
  positions: 'queue:lock:push',
  vanishedAgents: 'queue:lock:roster',
  abandonment: 'queue:lock:attendance',
  autoAssign: 'queue:lock:assign',
};
export type LeaderJob = keyof typeof lockKeys;

/**
 * Leader locks: they save instances from doing the same work at the same time. When two hold one for a moment (Redis
 * has lost it), nothing breaks, because the jobs are idempotent. Every method throws Unavailable when Redis is
 * unavailable.
 */
export function createLeaderLock(options: { redis: RedisConnection; prefix: string; instance: string }) {
  const { redis, prefix, instance } = options;
  const run = async (job: LeaderJob, ms: number) =>
    (await redis.run(lockScript, [`${prefix}${lockKeys[job]}`], [instance, ms])) === 1;

  return {
    /** Acquires or renews the lock for `ms`. Returns whether this instance has it. */
    acquire: (job: LeaderJob, ms: number): Promise<boolean> => run(job, ms),
    /** Lets another instance acquire it before it expires. */
    async release(job: LeaderJob): Promise<void> {
      await run(job, 0);
    },
  };
}
export type LeaderLock = ReturnType<typeof createLeaderLock>;
