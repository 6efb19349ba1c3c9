import type { JsonObject, SessionStatus } from '@baton/contracts';
import type { Database } from '../platform/database-postgres.ts';
import { botAnswers } from '../turns/stand-in-store-postgres.ts';
import { type PendingMessage, type Refused, tokensOf, type Written } from './append-request.ts';
import type { Locked } from './appender.ts';

/** There, and yet not locked: another transaction has it. */
const SKIPPED = `WHEN s.id IS NULL AND EXISTS (SELECT FROM chat_sessions c WHERE c.id = i.session_id) THEN 'locked'`;

/**
 * The hot path: appends messages of many sessions in one statement, which is one commit.
 *
 * Session rows are locked in the order of their ids, so batches of several instances cannot deadlock. The lock returns
 * the newest state, epoch and last number, and keeps them stable. Everything else is read from the statement's
 * snapshot: a repeat that was committed since then is not seen and violates a unique index instead (`UniqueViolation`).
 * A retry sees it.
 *
 * The planner estimates ten rows for each array, so everything that is joined to an array needs an index, hash or merge
 * join. After a change here, check the plan for 500 messages (EXPLAIN with plan_cache_mode = force_generic_plan) on an
 * empty and on a filled database. The LIMIT of the search for repeats tells the planner that each search is one lookup
 * in the unique index.
 *
 * A repeat is searched for before any check that could refuse a new message: it gets its first result again, even after
 * the session was closed or assigned to another agent. [M2] A batch has no two messages with one client id, and no two
 * answers of one session: see `rounds`.
 */
const appendStatement = (locked: 'wait' | 'skip') => `/* append ${locked} */
WITH item AS MATERIALIZED (
  SELECT * FROM unnest(
    $1::text[], $2::sender[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[],
    $10::int[], $11::int[]
  ) WITH ORDINALITY AS t (
    session_id, sender, agent_id, epoch, id, client_message_id, content, in_reply_to, metadata,
    prompt_tokens, completion_tokens, ord
  )
), locked AS MATERIALIZED (
  SELECT id, status, assigned_agent, epoch, last_seq, log_bytes, unanswered_seq, unanswered_since, answered_seq,
    last_customer_at, source, ${botAnswers('chat_sessions')} AS answers
  FROM chat_sessions WHERE id = ANY ($12::text[]) ORDER BY id
  FOR NO KEY UPDATE ${locked === 'skip' ? 'SKIP LOCKED' : ''}
), moment AS MATERIALIZED (
  -- One time for all messages, taken after locking: within a session, later numbers have later times.
  SELECT date_trunc('milliseconds', clock_timestamp()) AS at FROM (SELECT count(*) AS rows FROM locked) held
  WHERE held.rows >= 0
), decided AS MATERIALIZED (
  -- New messages of a session are numbered from its last entry on, in the order in which they arrived. [M3]
  SELECT *, CASE WHEN outcome = 'stored'
      THEN (last_seq + row_number() OVER (PARTITION BY session_id, outcome = 'stored' ORDER BY ord))::int
    END AS seq
  FROM (
    SELECT i.*, m.at, s.status AS session_status, s.epoch AS session_epoch, s.last_seq, s.log_bytes, s.source,
      s.answers, g.name AS agent_name,
      r.id AS first_id, r.seq AS first_seq, r.timestamp AS first_at, r.sender_name AS first_sender_name,
      r.in_reply_to AS first_in_reply_to, r.metadata AS first_metadata,
      CASE
        WHEN r.id IS NOT NULL AND r.content = i.content AND r.sender_id IS NOT DISTINCT FROM i.agent_id THEN 'repeated'
        ${locked === 'skip' ? SKIPPED : ''}
        -- [S1] Checked first, so that an agent cannot tell a foreign session from a missing one. A closed session keeps
        -- its last agent, who gets SESSION_CLOSED.
        WHEN i.sender = 'agent' AND s.assigned_agent IS DISTINCT FROM i.agent_id THEN 'NOT_ASSIGNED'
        WHEN s.id IS NULL THEN 'NOT_FOUND'
        WHEN r.id IS NOT NULL THEN 'ID_REUSED'
        WHEN s.status = 'closed' THEN 'SESSION_CLOSED'
        WHEN i.sender = 'bot' AND NOT s.answers THEN 'STALE_EPOCH'
        WHEN i.epoch <> s.epoch THEN 'STALE_EPOCH'
        WHEN i.in_reply_to > s.last_seq THEN 'ANSWERS_NOTHING'
        -- [A2] Not only the same entry: a worker that was suspended may answer one before the last answered.
        WHEN i.sender = 'bot' AND i.in_reply_to <= s.answered_seq THEN 'ALREADY_ANSWERED'
        ELSE 'stored'
      END AS outcome
    FROM item i
    CROSS JOIN moment m
    LEFT JOIN locked s ON s.id = i.session_id
    LEFT JOIN agents g ON g.id = i.agent_id
    LEFT JOIN LATERAL (
      SELECT * FROM messages f
      WHERE f.session_id = i.session_id AND f.sender = i.sender AND f.client_message_id = i.client_message_id
      LIMIT 1
    ) r ON true
  ) judged
), inserted AS (
  INSERT INTO messages (
    id, session_id, seq, kind, content, sender, sender_id, sender_name, client_message_id, in_reply_to, timestamp,
    metadata
  )
  SELECT id, session_id, seq, 'message', content, sender, agent_id, agent_name, client_message_id, in_reply_to, at,
    metadata::jsonb
  FROM decided WHERE outcome = 'stored'
  ORDER BY session_id, seq
), tally AS MATERIALIZED (
  SELECT session_id, at, max(seq) AS last_seq, sum(octet_length(content)) AS bytes, count(*) AS messages,
    count(*) FILTER (WHERE sender = 'user') AS users,
    count(*) FILTER (WHERE sender = 'bot') AS bots,
    count(*) FILTER (WHERE sender = 'agent') AS agents,
    min(seq) FILTER (WHERE sender = 'user') AS first_user_seq,
    max(seq) FILTER (WHERE sender = 'user') AS user_seq,
    max(seq) FILTER (WHERE sender IN ('bot', 'agent')) AS other_seq,
    coalesce(max(in_reply_to), 0) AS answered,
    sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens
  FROM decided WHERE outcome = 'stored' GROUP BY session_id, at
), session_after AS MATERIALIZED (
  -- [A1] The pending reply afterwards: to the newest customer entry, unless one of these messages answers it.
  SELECT t.*,
    CASE WHEN t.users > 0 THEN t.at ELSE s.last_customer_at END AS last_customer_at,
    CASE WHEN s.answers AND greatest(t.user_seq, s.unanswered_seq) > t.answered
      THEN greatest(t.user_seq, s.unanswered_seq)
    END AS pending_seq,
    CASE
      WHEN NOT s.answers OR coalesce(greatest(t.user_seq, s.unanswered_seq), 0) <= t.answered THEN NULL
      WHEN t.users = 0 AND t.answered = 0 THEN s.unanswered_since
      -- Nobody waits for a greeting: the time counts from the customer's first message.
      WHEN t.answered = 0 AND s.last_customer_at IS NOT NULL THEN coalesce(s.unanswered_since, t.at)
      WHEN t.answered = 0 THEN t.at
      -- Answered in part: since the oldest entry without an answer.
      ELSE greatest(s.unanswered_since, coalesce((
        SELECT min(o.timestamp) FROM messages o
        WHERE o.session_id = t.session_id AND o.seq > t.answered AND o.sender = 'user'
      ), t.at))
    END AS pending_since
  FROM tally t JOIN locked s ON s.id = t.session_id
), session_rows AS (
  -- Postgres checks the constraints on the row version of the statement's snapshot before it finds the newest one,
  -- which is locked: the written values must satisfy them for both.
  UPDATE chat_sessions s SET
    last_seq = t.last_seq, log_bytes = s.log_bytes + t.bytes, updated_at = t.at, last_customer_at = t.last_customer_at,
    unanswered_seq = CASE WHEN s.status IN ('bot', 'waiting') THEN t.pending_seq END,
    unanswered_since = CASE WHEN s.status IN ('bot', 'waiting') THEN t.pending_since END,
    answered_seq = greatest(s.answered_seq, t.answered)
  FROM session_after t
  WHERE s.id = t.session_id
), analytics_rows AS (
  UPDATE session_analytics f SET
    total_messages = f.total_messages + t.messages,
    user_messages = f.user_messages + t.users,
    bot_messages = f.bot_messages + t.bots,
    agent_messages = f.agent_messages + t.agents,
    prompt_tokens = f.prompt_tokens + t.prompt_tokens,
    completion_tokens = f.completion_tokens + t.completion_tokens,
    first_customer_at = CASE WHEN t.users > 0 THEN coalesce(f.first_customer_at, t.at) ELSE f.first_customer_at END,
    first_response_time = CASE
      WHEN f.first_response_time IS NOT NULL THEN f.first_response_time
      WHEN f.first_customer_at IS NOT NULL AND t.bots + t.agents > 0
        THEN greatest(0, extract(epoch FROM t.at - f.first_customer_at) * 1000)
      WHEN t.other_seq > t.first_user_seq THEN 0
    END,
    updated_at = t.at
  FROM session_after t
  WHERE f.session_id = t.session_id
)
SELECT outcome, session_status AS status, session_epoch AS epoch, source, answers,
  (log_bytes + coalesce(sum(octet_length(content)) FILTER (WHERE outcome = 'stored') OVER (PARTITION BY session_id), 0)
  )::float8 AS "logBytes",
  coalesce(first_id, id) AS id, coalesce(first_seq, seq) AS seq, coalesce(first_at, at) AS at,
  coalesce(first_sender_name, agent_name) AS "senderName",
  first_in_reply_to AS "firstInReplyTo", first_metadata AS "firstMetadata"
FROM decided ORDER BY ord`;

const APPEND = { wait: appendStatement('wait'), skip: appendStatement('skip') };

/**
 * Appends one message of a customer or an agent: nearly all appends at low load. It does the same as the statement for
 * many, with pending reply and statistics computed for one message. The two change together, and a test compares their
 * effects.
 *
 * It writes the message, or matches no row and changes nothing: refusals and repeats are left to the other statement.
 * When another transaction has locked the row, Postgres evaluates the condition and the values again with the newest
 * row. Only the search for a repeat uses the statement's snapshot, and a repeat that it does not see violates a unique
 * index (`UniqueViolation`).
 */
const APPEND_ONE = `/* append one */
WITH session_row AS (
  UPDATE chat_sessions s SET
    last_seq = s.last_seq + 1, log_bytes = s.log_bytes + octet_length($7),
    (updated_at, last_customer_at, unanswered_seq, unanswered_since) = (
      -- The time is taken with the row locked: within a session, later numbers have later times. [M3]
      SELECT at,
        CASE WHEN $2::sender = 'user' THEN at ELSE s.last_customer_at END,
        -- [A1] Nobody waits for a greeting: the time counts from the customer's first message.
        CASE WHEN ${botAnswers('s')} THEN s.last_seq + 1 END,
        CASE WHEN ${botAnswers('s')}
          THEN CASE WHEN s.last_customer_at IS NULL THEN at ELSE coalesce(s.unanswered_since, at) END
        END
      FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS at) moment
    )
  WHERE s.id = $1 AND s.status <> 'closed'
    AND ($2::sender = 'user' OR (s.status = 'agent' AND s.assigned_agent = $3))
    AND ($4::int IS NULL OR s.epoch = $4)
    AND NOT EXISTS (
      SELECT FROM messages f WHERE f.session_id = $1 AND f.sender = $2::sender AND f.client_message_id = $6
    )
  RETURNING s.last_seq AS seq, s.log_bytes, s.updated_at AS at, s.status, s.epoch, s.source, ${botAnswers('s')} AS answers
), analytics_row AS (
  UPDATE session_analytics f SET
    total_messages = f.total_messages + 1,
    user_messages = f.user_messages + ($2::sender = 'user')::int,
    agent_messages = f.agent_messages + ($2::sender = 'agent')::int,
    first_customer_at = coalesce(f.first_customer_at, CASE WHEN $2::sender = 'user' THEN s.at END),
    first_response_time = coalesce(f.first_response_time, CASE
      WHEN $2::sender = 'agent' AND f.first_customer_at IS NOT NULL
        THEN greatest(0, extract(epoch FROM s.at - f.first_customer_at) * 1000)
    END),
    updated_at = s.at
  FROM session_row s
  WHERE f.session_id = $1
)
INSERT INTO messages (
  id, session_id, seq, kind, content, sender, sender_id, sender_name, client_message_id, timestamp, metadata
)
SELECT $5, $1, s.seq, 'message', $7, $2::sender, $3, (SELECT name FROM agents WHERE id = $3), $6, s.at, $8::jsonb
FROM session_row s
RETURNING seq, timestamp AS at, sender_name AS "senderName",
  (SELECT status FROM session_row) AS status, (SELECT epoch FROM session_row) AS epoch,
  (SELECT source FROM session_row) AS source, (SELECT answers FROM session_row) AS answers,
  (SELECT log_bytes::float8 FROM session_row) AS "logBytes"`;

interface StoredRow {
  seq: number;
  at: Date;
  senderName: string | null;
  status: SessionStatus;
  epoch: number;
  source: string | null;
  answers: boolean;
  logBytes: number;
}
interface Row extends StoredRow {
  outcome: 'stored' | 'repeated' | 'locked' | Refused;
  id: string;
  firstInReplyTo: number | null;
  firstMetadata: JsonObject | null;
}

/** By the statement for many, which waits for sessions that another transaction has locked, or skips them. */
export async function writeMany(
  database: Database,
  items: readonly PendingMessage[],
  locked: 'wait' | 'skip' = 'wait',
): Promise<(Written | 'locked')[]> {
  const column = <T>(of: (item: PendingMessage) => T) => items.map(of);
  const tokens = items.map(tokensOf);
  const rows = await database.statement<Row>(
    APPEND[locked],
    column((item) => item.sessionId),
    column((item) => item.sender),
    column((item) => item.agentId),
    column((item) => item.epoch),
    column((item) => item.id),
    column((item) => item.clientMessageId),
    column((item) => item.content),
    column((item) => item.inReplyTo),
    column((item) => JSON.stringify(item.metadata)),
    tokens.map(({ prompt }) => prompt),
    tokens.map(({ completion }) => completion),
    [...new Set(items.map((item) => item.sessionId))],
  );
  return rows.map(({ outcome, firstInReplyTo, firstMetadata, ...row }, index) => {
    const item = items[index];
    if (item === undefined) throw new Error('the log returned more outcomes than it was given messages');
    if (outcome === 'locked') return outcome;
    if (outcome === 'stored') return { outcome, ...row, inReplyTo: item.inReplyTo, metadata: item.metadata };
    if (outcome === 'repeated') return { outcome, ...row, inReplyTo: firstInReplyTo, metadata: firstMetadata ?? {} };
    return { outcome };
  });
}

/** By the statement for one. Undefined when the message needs the statement for many. */
export async function writeOne(database: Database, item: PendingMessage): Promise<Written | undefined> {
  const { id, sessionId, sender, agentId, epoch, clientMessageId, content, inReplyTo, metadata } = item;
  if (sender === 'bot' || sender === 'system') return undefined;
  const json = JSON.stringify(metadata);
  const values = [sessionId, sender, agentId, epoch, id, clientMessageId, content, json];
  const [row] = await database.statement<StoredRow>(APPEND_ONE, ...values);
  return row && { outcome: 'stored', id, inReplyTo, metadata, ...row };
}

export const createMessageStore = (database: Database) => ({
  /**
   * Writes messages in one transaction and returns the outcome of each. A single message takes the short statement if
   * it can, which always waits for a lock, so not when locked sessions are skipped.
   * @throws UniqueViolation when a repeat or an answer of one of them was committed meanwhile; retry.
   */
  async write(items: readonly PendingMessage[], locked: Locked): Promise<readonly (Written | 'locked')[]> {
    const [first, ...others] = items;
    const isShort = first !== undefined && others.length === 0 && locked !== 'skip';
    const written = isShort ? await writeOne(database, first) : undefined;
    return written === undefined ? writeMany(database, items, locked === 'wait' ? 'wait' : 'skip') : [written];
  },
});
