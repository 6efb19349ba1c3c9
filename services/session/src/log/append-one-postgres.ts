import type { SessionStatus } from '@baton/contracts';
import type { Database } from '../platform/database-postgres.ts';
import { botAnswers } from '../turns/stand-in-store-postgres.ts';
import type { PendingMessage, Written } from './append-request.ts';

/**
 * Appends one message of a customer or an agent: nearly all appends at low load. It does the same as the statement for
 * many (append-many-postgres.ts), with pending reply and statistics computed for one message. The two change together,
 * and a test compares their effects.
 *
 * It writes the message, or matches no row and changes nothing: refusals and repeats are left to the other statement.
 * When another transaction has locked the row, Postgres evaluates the condition and the values again with the newest
 * row. Only the search for a repeat uses the statement's snapshot, and a repeat that it does not see violates a unique
 * index (`UniqueViolation`).
 */
const APPEND_ONE = `/* append one */
WITH session_row AS (
  UPDATE chat_sessions s SET
    last_seq = s.last_seq + 1,
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
  RETURNING s.last_seq AS seq, s.updated_at AS at, s.status, s.epoch, s.source, ${botAnswers('s')} AS answers
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
  (SELECT source FROM session_row) AS source, (SELECT answers FROM session_row) AS answers`;

interface Row {
  seq: number;
  at: Date;
  senderName: string | null;
  status: SessionStatus;
  epoch: number;
  source: string | null;
  answers: boolean;
}

/**
 * Writes one message of a customer or an agent. Undefined when it needs the statement for many.
 * @throws UniqueViolation when a repeat of it was committed meanwhile; retry.
 */
export async function writeOne(database: Database, item: PendingMessage): Promise<Written | undefined> {
  const { id, sessionId, sender, agentId, epoch, clientMessageId, content, inReplyTo, metadata } = item;
  if (sender === 'bot' || sender === 'system') return undefined;
  const [row] = await database.statement<Row>(
    APPEND_ONE,
    sessionId,
    sender,
    agentId,
    epoch,
    id,
    clientMessageId,
    content,
    JSON.stringify(metadata),
  );
  return row && { outcome: 'stored', id, inReplyTo, metadata, ...row };
}
