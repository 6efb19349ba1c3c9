import { createAssignments } from './assignments/store-redis.ts';
import { createReservations } from './claims/store-redis.ts';
import { createHeartbeatStore, createLeaderLock } from './cluster/store-redis.ts';
import type { RedisConnection } from './platform/connection-redis.ts';
import { createPresenceStore } from './presence/store-redis.ts';
import { createQueueStore } from './queue/store-redis.ts';

/** Everything that the service keeps in Redis. */
export function createStores(options: {
  redis: RedisConnection;
  prefix: string;
  stepMs: number;
  instance: string;
  /** Called after each change of the order by this process. */
  onChange: () => void;
}) {
  return {
    queue: createQueueStore(options),
    reservations: createReservations(options),
    presence: createPresenceStore(options),
    assignments: createAssignments(options),
    heartbeats: createHeartbeatStore(options),
    lock: createLeaderLock(options),
  };
}
export type Stores = ReturnType<typeof createStores>;
