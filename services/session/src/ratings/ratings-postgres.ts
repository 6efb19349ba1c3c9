import type { Database } from '../database-postgres.ts';

const RATE = `/* session rate */
UPDATE session_analytics SET rating = $2, rating_comment = $3, rated_at = now(), updated_at = now()
WHERE session_id = $1
RETURNING 1`;

/** Keeps the customer's verdict in the place of an earlier one; false when there is no such session. */
export async function keepRating(
  database: Database,
  verdict: { sessionId: string; rating: number; comment: string | null },
): Promise<boolean> {
  const rows = await database.statement(RATE, verdict.sessionId, verdict.rating, verdict.comment);
  return rows.length > 0;
}
