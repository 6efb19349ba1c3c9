import { type TestSpace, until } from '@baton/testkit';
import pg from 'pg';
import { somebodyWaitsForALock } from './waits-for-lock.ts';

/**
 * Appends a message like another instance. Runs `meanwhile` before the commit, and the function that it returns after
 * the commit.
 */
export async function whileAnotherWrites(
  space: TestSpace,
  message: { sessionId: string; content: string; clientMessageId: string },
  meanwhile: () => Promise<() => Promise<void>>,
): Promise<void> {
  const { sessionId, content, clientMessageId } = message;
  const other = new pg.Client({ connectionString: space.databaseUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query(
      `INSERT INTO messages (id, session_id, seq, content, sender, client_message_id)
       SELECT gen_random_uuid()::text, id, last_seq + 1, $2, 'user', $3 FROM chat_sessions WHERE id = $1 FOR NO KEY UPDATE`,
      [sessionId, content, clientMessageId],
    );
    await other.query('UPDATE chat_sessions SET last_seq = last_seq + 1 WHERE id = $1', [sessionId]);
    const then = await meanwhile();
    await until(() => somebodyWaitsForALock(other));
    await other.query('COMMIT');
    await then();
  } finally {
    await other.end();
  }
}
