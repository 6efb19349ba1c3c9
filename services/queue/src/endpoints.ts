import { accept, type QueueApi, type ServiceHealth, type SessionApi } from '@baton/contracts';
import type { Caller, Handlers } from '@baton/runtime';
import type { ClaimSession } from './claims/claim.ts';
import { positionEndpoints } from './positions/endpoints.ts';
import type { PositionReader } from './positions/position-reader.ts';
import { presenceEndpoints } from './presence/endpoints.ts';
import { queueEndpoints } from './queue/endpoints.ts';
import { inspectionEndpoints } from './queue/inspection-endpoints.ts';
import type { Stores } from './stores-redis.ts';

/** Every endpoint of the queue service. */
export function createEndpoints(options: {
  prefix: string;
  stores: Stores;
  session: Caller<SessionApi>;
  positions: PositionReader;
  claim: ClaimSession;
  autoAssign: boolean;
  reconcileNow: () => Promise<void>;
  health: () => Promise<ServiceHealth>;
}): Handlers<QueueApi> {
  const { stores, ...rest } = options;
  const parts = { ...stores, ...rest };
  return {
    ...queueEndpoints(parts),
    ...inspectionEndpoints(parts),
    ...positionEndpoints(parts),
    ...presenceEndpoints(stores.presence),
    claim: options.claim,
    health: async () => accept(await options.health()),
  };
}
