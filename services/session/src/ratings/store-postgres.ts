import type { GivenRating, RecentRating } from '@baton/contracts';
import type { Database } from '../platform/database-postgres.ts';
import { ratingJson } from '../platform/json-postgres.ts';

const RATE = `/* session rate */
UPDATE session_analytics f SET rating = $2, rating_comment = $3, rated_at = now(), updated_at = now()
FROM chat_sessions s
WHERE f.session_id = $1 AND s.id = f.session_id
RETURNING ${ratingJson('f')} AS rating, s.assigned_agent AS "agentId"`;

/** The stored rating, and the agent whom the session is assigned to, or was when it ended. */
export interface Rated {
  rating: GivenRating;
  agentId: string | null;
}

const READ = `/* rating read */
SELECT ${ratingJson('f')} AS rating FROM session_analytics f WHERE f.session_id = $1`;

const RECENT = `/* ratings recent */
SELECT ${ratingJson('f')} || jsonb_build_object('sessionId', s.id, 'userId', s.user_id, 'agentId', f.last_agent_id, 'agentName', g.name)
  || CASE WHEN jsonb_typeof(s.metadata->'name') = 'string'
    THEN jsonb_build_object('customerName', left(s.metadata->>'name', 200)) ELSE '{}' END AS rating
FROM session_analytics f JOIN chat_sessions s ON s.id = f.session_id LEFT JOIN agents g ON g.id = f.last_agent_id
WHERE f.rated_at > now() - interval '24 hours' ORDER BY f.rated_at DESC LIMIT $1`;

export function createRatingStore(database: Database) {
  return {
    /** Stores the customer's rating over an earlier one; undefined when there is no such session. */
    async rate(verdict: { sessionId: string; rating: number; comment: string | null }): Promise<Rated | undefined> {
      const [rated] = await database.statement<Rated>(RATE, verdict.sessionId, verdict.rating, verdict.comment);
      return rated;
    },

    /** The customer's rating of a session; null without one. */
    async read(sessionId: string): Promise<GivenRating | null> {
      const [row] = await database.statement<{ rating: GivenRating | null }>(READ, sessionId);
      return row?.rating ?? null;
    },

    /** The newest ratings of the last 24 hours, the latest first. */
    async readRecent(limit: number): Promise<RecentRating[]> {
      const rows = await database.statement<{ rating: RecentRating }>(RECENT, limit);
      return rows.map(({ rating }) => rating);
    },
  };
}
export type RatingStore = ReturnType<typeof createRatingStore>;
