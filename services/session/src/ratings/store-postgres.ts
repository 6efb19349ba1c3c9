import type { GivenRating, RecentRating } from '@baton/contracts';
import type { Database } from '../platform/database-postgres.ts';
import { ratingJson } from '../platform/json-postgres.ts';

const RATE = `/* session rate */
UPDATE session_analytics f SET rating = $2, rating_comment = $3, rated_at = now(), updated_at = now()
FROM chat_sessions s
WHERE f.session_id = $1 AND s.id = f.session_id
RETURNING ${ratingJson('f')} AS rating, s.assigned_agent AS "agentId"`;

/** A rating as it was kept, and the agent who has the session, or had it when it ended. */
export interface KeptRating {
  rating: GivenRating;
  agentId: string | null;
}

/** Keeps the customer's verdict in the place of an earlier one; undefined when there is no such session. */
export async function keepRating(
  database: Database,
  verdict: { sessionId: string; rating: number; comment: string | null },
): Promise<KeptRating | undefined> {
  const [kept] = await database.statement<KeptRating>(RATE, verdict.sessionId, verdict.rating, verdict.comment);
  return kept;
}

const READ = `/* rating read */
SELECT ${ratingJson('f')} AS rating FROM session_analytics f WHERE f.session_id = $1`;

/** What the customer said of a session; null while nothing. */
export async function readRating(database: Database, sessionId: string): Promise<GivenRating | null> {
  const [row] = await database.statement<{ rating: GivenRating | null }>(READ, sessionId);
  return row?.rating ?? null;
}

const RECENT = `/* ratings recent */
SELECT ${ratingJson('f')} || jsonb_build_object('sessionId', s.id, 'userId', s.user_id, 'agentId', f.last_agent_id, 'agentName', g.name)
  || CASE WHEN jsonb_typeof(s.metadata->'name') = 'string'
    THEN jsonb_build_object('customerName', left(s.metadata->>'name', 200)) ELSE '{}' END AS rating
FROM session_analytics f JOIN chat_sessions s ON s.id = f.session_id LEFT JOIN agents g ON g.id = f.last_agent_id
WHERE f.rated_at > now() - interval '24 hours' ORDER BY f.rated_at DESC LIMIT $1`;

/** The newest ratings of the last day, the latest first. */
export async function readRecentRatings(database: Database, limit: number): Promise<RecentRating[]> {
  const rows = await database.statement<{ rating: RecentRating }>(RECENT, limit);
  return rows.map(({ rating }) => rating);
}
