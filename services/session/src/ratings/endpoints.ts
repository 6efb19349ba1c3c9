import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';

export function ratingEndpoints(parts: {
  stores: Pick<Stores, 'ratings'>;
  publications: Publications;
}): Pick<Handlers<SessionApi>, 'rate'> {
  const { stores, publications } = parts;
  return {
    async rate({ sessionId, rating, comment }) {
      const rated = await stores.ratings.rate({ sessionId, rating, comment: comment ?? null });
      if (rated === undefined) return refuse('NOT_FOUND', 'There is no such chat.');
      if (rated.agentId !== null) publications.sessionRated(rated.agentId, sessionId, rated.rating);
      return accept({});
    },
  };
}
