import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Announcements } from '../announcements.ts';
import type { Database } from '../platform/database-postgres.ts';
import { keepRating } from './store-postgres.ts';

export function ratingHandlers(parts: {
  database: Database;
  announcements: Announcements;
}): Pick<Handlers<SessionApi>, 'rate'> {
  const { database, announcements } = parts;
  return {
    async rate({ sessionId, rating, comment }) {
      const kept = await keepRating(database, { sessionId, rating, comment: comment ?? null });
      if (kept === undefined) return refuse('NOT_FOUND', 'There is no such chat.');
      if (kept.agentId !== null) announcements.rated(kept.agentId, sessionId, kept.rating);
      return accept({});
    },
  };
}
