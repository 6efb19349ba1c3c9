import { accept, type ServiceHealth, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Database } from '../platform/database-postgres.ts';
import { economical } from './cache.ts';
import { readHandlingTimes, readStats } from './store-postgres.ts';

export function figureHandlers(parts: {
  database: Database;
  health: () => Promise<ServiceHealth>;
}): Pick<Handlers<SessionApi>, 'stats' | 'handlingTimes' | 'health'> {
  const { database } = parts;
  const stats = economical(() => readStats(database));
  return {
    stats: async () => accept(await stats()),
    handlingTimes: async ({ limit }) => accept(await readHandlingTimes(database, limit)),
    health: async () => accept(await parts.health()),
  };
}
