import type pg from 'pg';

/**
 * Whether a connection to this database waits for a lock. Within a transaction, Postgres caches statistics at first
 * access, so the cache is cleared.
 */
export async function somebodyWaitsForALock(client: pg.Client): Promise<boolean> {
  await client.query('SELECT pg_stat_clear_snapshot()');
  const waiting = await client.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return waiting.rowCount !== 0;
}
