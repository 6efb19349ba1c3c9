import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const space = await testSpace();
const db = new pg.Client({ connectionString: space.databaseUrl, application_name: 'indexes-test' });

/** The state after some weeks: most sessions are closed, and few others wait or have a reply pending. */
beforeAll(async () => {
  await db.connect();
  await db.query(`
    INSERT INTO agents (id, name) SELECT 'a' || n, 'Agent' FROM generate_series(1, 20) n;
    INSERT INTO chat_sessions
      (id, user_id, status, last_seq, assigned_agent, assigned_at, waiting_since, closed_at, unanswered_seq, unanswered_since)
    SELECT 's' || lpad(n::text, 6, '0'), 'u' || n % 3000, s.status, 10,
      CASE WHEN s.status = 'agent' OR n % 3 = 0 AND s.status = 'closed' THEN 'a' || n % 20 + 1 END,
      CASE s.status WHEN 'agent' THEN now() END,
      CASE s.status WHEN 'waiting' THEN now() END,
      CASE s.status WHEN 'closed' THEN now() - n * interval '1 minute' END,
      CASE WHEN n % 500 = 1 THEN 10 END, CASE WHEN n % 500 = 1 THEN now() END
    FROM generate_series(1, 5000) n, LATERAL (SELECT
      (CASE WHEN n % 100 = 1 THEN 'bot' WHEN n % 10 = 2 THEN 'waiting' WHEN n % 100 = 3 THEN 'agent' ELSE 'closed' END)::session_status) s (status);
    INSERT INTO messages (id, session_id, seq, content, sender, client_message_id, in_reply_to, timestamp)
    SELECT s.id || n, s.id, n, 'x', CASE n % 2 WHEN 0 THEN 'bot' ELSE 'user' END::sender, 'c' || n,
      CASE n % 2 WHEN 0 THEN n - 1 END, now() - (5001 - right(s.id, 4)::int) * interval '1 hour'
    FROM chat_sessions s, generate_series(1, 10) n ORDER BY s.id, n;
    INSERT INTO transfer_queue (session_id, reason, priority, requested_by, requested_at, enqueued_at, is_active, processed_at)
    SELECT id, 'x', 'normal', 'user', created_at, coalesce(waiting_since, closed_at), status = 'waiting', closed_at
    FROM chat_sessions WHERE status IN ('waiting', 'closed');
    INSERT INTO session_analytics (session_id, created_at, holds, last_hold_ended_at)
    SELECT id, coalesce(closed_at, created_at), 1, CASE WHEN assigned_agent IS NOT NULL THEN closed_at END FROM chat_sessions;
    INSERT INTO session_notes (id, session_id, agent_id, agent_name, content, client_note_id)
    SELECT 'n' || id, id, 'a1', 'Agent', 'x', 'c' FROM chat_sessions;
    ANALYZE`);
});
afterAll(() => db.end());

/** The indexes that Postgres would use for a query. */
async function indexesOf(query: string): Promise<string[]> {
  const { rows } = await db.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`);
  const names = rows.map((row) => /Index .*?(?:using|on) (\w+_(?:idx|key|pkey))/.exec(row['QUERY PLAN'])?.[1]);
  return names.filter((name) => name !== undefined);
}

describe('frequent queries use an index', () => {
  const day = `now() - interval '1 day'`;
  it.each([
    [
      'a page of a log',
      `SELECT * FROM messages WHERE session_id = 's000500' AND seq > 3 ORDER BY seq LIMIT 5`,
      'messages_session_id_seq_key',
    ],
    [
      'the newest page',
      `SELECT * FROM messages WHERE session_id = 's000500' ORDER BY seq DESC LIMIT 5`,
      'messages_session_id_seq_key',
    ],
    [
      'a repeat',
      `SELECT * FROM messages WHERE session_id = 's000500' AND sender = 'user' AND client_message_id = 'c1'`,
      'messages_session_id_sender_client_message_id_key',
    ],
    [
      'an answer',
      `SELECT * FROM messages WHERE session_id = 's000500' AND sender = 'bot' AND in_reply_to = 3`,
      'messages_session_id_in_reply_to_key',
    ],
    ['messages of the last day', `SELECT count(*) FROM messages WHERE timestamp > ${day}`, 'messages_timestamp_idx'],
    [
      'a start',
      `SELECT * FROM chat_sessions WHERE user_id = 'u7' AND start_id = 'x'`,
      'chat_sessions_user_id_start_id_key',
    ],
    ["a customer's sessions", `SELECT * FROM chat_sessions WHERE user_id = 'u7'`, 'chat_sessions_user_id_start_id_key'],
    [
      'who waits',
      `SELECT * FROM chat_sessions WHERE status = 'waiting' ORDER BY waiting_since LIMIT 10`,
      'chat_sessions_status_waiting_since_idx',
    ],
    [
      "an agent's sessions",
      `SELECT * FROM chat_sessions WHERE assigned_agent = 'a3' AND status = 'agent'`,
      'chat_sessions_assigned_agent_status_idx',
    ],
    [
      'old sessions',
      `SELECT id FROM chat_sessions WHERE closed_at < now() - interval '80 hours' ORDER BY closed_at LIMIT 100`,
      'chat_sessions_closed_at_idx',
    ],
    [
      'pending replies',
      `SELECT id FROM chat_sessions WHERE unanswered_since < now() ORDER BY unanswered_since LIMIT 10`,
      'chat_sessions_unanswered_since_idx',
    ],
    [
      'the wait of a session',
      `SELECT * FROM transfer_queue WHERE session_id = 's000502' AND is_active`,
      'transfer_queue_session_id_active_key',
    ],
    [
      'all waits, by session',
      `SELECT * FROM transfer_queue WHERE is_active AND session_id > 's001' ORDER BY session_id LIMIT 10`,
      'transfer_queue_session_id_active_key',
    ],
    [
      'all waits, in order',
      `SELECT * FROM transfer_queue WHERE is_active ORDER BY priority, requested_at LIMIT 10`,
      'transfer_queue_priority_requested_at_idx',
    ],
    [
      'the last wait of a session',
      `SELECT * FROM transfer_queue WHERE session_id = 's000502' ORDER BY id DESC LIMIT 1`,
      'transfer_queue_session_id_idx',
    ],
    [
      'handoffs of the last hour',
      `SELECT count(*) FROM transfer_queue WHERE enqueued_at > now() - interval '1 hour'`,
      'transfer_queue_enqueued_at_idx',
    ],
    [
      'waits that ended lately',
      `SELECT * FROM transfer_queue WHERE processed_at > now() - interval '1 hour'`,
      'transfer_queue_processed_at_idx',
    ],
    [
      'sessions of the last hour',
      `SELECT * FROM session_analytics WHERE created_at > now() - interval '1 hour'`,
      'session_analytics_created_at_idx',
    ],
    [
      'how long agents lately took',
      `SELECT * FROM session_analytics WHERE last_hold_ended_at IS NOT NULL ORDER BY last_hold_ended_at DESC LIMIT 20`,
      'session_analytics_last_hold_ended_at_idx',
    ],
    [
      'ratings given lately',
      `SELECT avg(rating) FROM session_analytics WHERE rated_at > now() - interval '1 day'`,
      'session_analytics_rated_at_idx',
    ],
    [
      'the notes of a session',
      `SELECT * FROM session_notes WHERE session_id = 's000500'`,
      'session_notes_session_id_client_note_id_key',
    ],
  ])('%s', async (_, query, index) => {
    expect(await indexesOf(query)).toContain(index);
  });
});

it('a message does not touch the indexes of its session: the update is HOT', async () => {
  for (let seq = 11; seq < 511; seq++) {
    await db.query(
      `UPDATE chat_sessions SET last_seq = $1, updated_at = now(), last_customer_at = now() WHERE id = 's000002'`,
      [seq],
    );
    await db.query(
      `UPDATE session_analytics SET total_messages = $1, user_messages = $1, updated_at = now()
      WHERE session_id = 's000002'`,
      [seq],
    );
  }
  await db.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await db.query(
    `SELECT relname, n_tup_upd::int AS updates, n_tup_hot_upd::int AS in_place FROM pg_stat_user_tables
    WHERE relname IN ('chat_sessions', 'session_analytics') ORDER BY relname`,
  );
  expect(rows.map((row) => [row.relname, row.updates])).toEqual([
    ['chat_sessions', 500],
    ['session_analytics', 500],
  ]);
  // Sometimes a page is full of row versions that are still visible.
  for (const row of rows) expect(row.in_place).toBeGreaterThan(475);
});
