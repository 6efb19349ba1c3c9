import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Database } from '../database-postgres.ts';
import { keepRating } from './ratings-postgres.ts';

export function ratingHandlers({ database }: { database: Database }): Pick<Handlers<SessionApi>, 'rate'> {
  return {
    async rate({ sessionId, rating, comment }) {
      const kept = await keepRating(database, { sessionId, rating, comment: comment ?? null });
      return kept ? accept({}) : refuse('NOT_FOUND', 'There is no such chat.');
    },
  };
}
