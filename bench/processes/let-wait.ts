import pg from 'pg';

/** Sessions that wait, straight into the record: their customers are not what is measured. */
export async function letWait(databaseUrl: string, prefix: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(WAITING_SESSIONS, [prefix, count]);
  } finally {
    await client.end();
  }
}

const WAITING_SESSIONS = `
WITH created AS (
  INSERT INTO chat_sessions (id, user_id, status, epoch, waiting_since)
  SELECT gen_random_uuid()::text, $1 || n, 'waiting', 2, now() - make_interval(secs => $2::int - n)
  FROM generate_series(1, $2::int) n
  RETURNING id, waiting_since
)
INSERT INTO transfer_queue (session_id, reason, priority, requested_by, requested_at, is_active)
SELECT id, 'measuring', 'normal', 'user', waiting_since, true FROM created`;
