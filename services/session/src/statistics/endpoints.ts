import { accept, type ServiceHealth, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Stores } from '../stores-postgres.ts';
import { cached } from './cache.ts';

export function statisticsEndpoints(parts: {
  stores: Pick<Stores, 'statistics'>;
  health: () => Promise<ServiceHealth>;
}): Pick<Handlers<SessionApi>, 'stats' | 'handlingTimes' | 'health'> {
  const { statistics } = parts.stores;
  const stats = cached(() => statistics.readStats());
  return {
    stats: async () => accept(await stats()),
    handlingTimes: async ({ limit }) => accept(await statistics.readHandlingTimes(limit)),
    health: async () => accept(await parts.health()),
  };
}
