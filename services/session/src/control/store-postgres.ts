import { type Agent, trustedSource } from '@baton/contracts';
import { newId } from '@baton/runtime';
import type { Database } from '../platform/database-postgres.ts';
import { agentJson, eventJson, iso, sessionJson, waitJson } from '../platform/json-postgres.ts';
import type { Applied, ControlChange, SessionView } from './view.ts';

/** Whether limits apply to a source: it is known and not trusted. The same as `isTrustedSource` in SQL. */
const isCounted = (source: string) => `(${source} IS NOT NULL AND NOT starts_with(${source}, '${trustedSource('')}'))`;

const READ_VIEWS = `/* control views */
SELECT
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'session', ${sessionJson('s', 'g')},
      'unansweredSeq', s.unanswered_seq, 'unansweredSince', ${iso('s.unanswered_since')},
      'standInSince', ${iso('s.stand_in_since')},
      'newestMessage', newest.json, 'lastWait', last_wait.json, 'waitingOfSource', others.json
    ) ORDER BY s.id), '[]')
    FROM chat_sessions s
    LEFT JOIN agents g ON g.id = s.assigned_agent
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('seq', m.seq, 'sender', m.sender) AS json FROM messages m
      WHERE m.session_id = s.id AND m.kind = 'message' AND m.sender <> 'system' ORDER BY m.seq DESC LIMIT 1
    ) newest ON true
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('reason', q.reason, 'priority', q.priority, 'requestedAt', ${iso('q.requested_at')},
        'brief', q.brief, 'metadata', q.metadata) AS json
      FROM transfer_queue q WHERE q.session_id = s.id ORDER BY q.id DESC LIMIT 1
    ) last_wait ON true
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('customer', count(*) FILTER (WHERE o.source = s.source), 'address', count(*)) AS json
      FROM chat_sessions o
      WHERE split_part(o.source, '.', 1) = split_part(s.source, '.', 1) AND o.status = 'waiting' AND o.source IS NOT NULL
    ) others ON s.status = 'bot' AND ${isCounted('s.source')}
    WHERE s.id = ANY ($1::text[])
  ) AS views,
  (SELECT coalesce(jsonb_agg(${agentJson('g')}), '[]') FROM agents g WHERE g.id = ANY ($2::text[])) AS agents`;

/**
 * Applies decided changes of control in one transaction.
 *
 * Locks are taken in one order everywhere: agents by id, then sessions by id, then the rows of a session. A change is
 * applied only if its session still has the epoch and, where given, the last number with which it was decided [C2], if
 * its assignee is online and has capacity [C4], and if the limits of its source permit another wait [S6]. Changes that
 * are not applied are missing from the result, and the caller decides again. Everything else that the statement reads
 * (the current wait) is unchanged while the epoch is.
 *
 * $1 the changes, $2 the agent to mark offline, $3 all agents concerned, $4 all sessions.
 */
const APPLY = `/* control apply */
WITH change AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (
    "sessionId" text, epoch int, "lastSeq" int, "to" session_status, steps jsonb, assignee text, released text, wait jsonb,
    "unansweredSeq" int, limits jsonb
  )
), agent_locked AS MATERIALIZED (
  SELECT * FROM agents WHERE id = ANY ($3::text[]) ORDER BY id FOR NO KEY UPDATE
), session_locked AS MATERIALIZED (
  SELECT * FROM chat_sessions
  -- Counting the agents' rows makes this wait for their locks.
  WHERE id = ANY ($4::text[]) AND (SELECT count(*) FROM agent_locked) >= 0
  ORDER BY id FOR NO KEY UPDATE
), moment AS MATERIALIZED (
  SELECT date_trunc('milliseconds', clock_timestamp()) AS at FROM (SELECT count(*) AS rows FROM session_locked) held
  WHERE held.rows >= 0
), allowed AS MATERIALIZED (
  SELECT c.*, m.at, s.last_seq, s.epoch AS old_epoch, s.assigned_at, s.created_at,
    jsonb_array_length(c.steps) AS raised,
    c.steps -> -1 -> 'change' ->> 'cause' AS cause, (c.steps -> -1 -> 'change' ->> 'by')::sender AS "by"
  FROM change c JOIN session_locked s ON s.id = c."sessionId" CROSS JOIN moment m
  WHERE s.epoch = c.epoch
    AND (c."lastSeq" IS NULL OR s.last_seq = c."lastSeq")
    AND (c.assignee IS NULL OR EXISTS (
      SELECT FROM agent_locked g WHERE g.id = c.assignee AND g.status <> 'offline' AND g.active < g.capacity
    ))
    AND (jsonb_typeof(c.limits) IS DISTINCT FROM 'object' OR NOT ${isCounted('s.source')} OR (
      SELECT w.of_customer < (c.limits ->> 'customer')::int AND w.of_address < (c.limits ->> 'address')::int
      FROM lock_and_count_waiting(s.source) w
    ))
), ended_wait AS (
  UPDATE transfer_queue q SET is_active = false, processed_at = a.at, outcome = a.cause
  FROM allowed a WHERE q.session_id = a."sessionId" AND q.is_active
  RETURNING q.*, greatest(0, extract(epoch FROM a.at - q.enqueued_at)) AS seconds
), begun_wait AS (
  INSERT INTO transfer_queue (session_id, reason, priority, requested_at, enqueued_at, brief, metadata, requested_by)
  SELECT "sessionId", wait ->> 'reason', (wait ->> 'priority')::priority,
    coalesce((wait ->> 'requestedAt')::timestamptz, at), at, nullif(wait -> 'brief', 'null'),
    wait -> 'metadata', (wait ->> 'requestedBy')::sender
  FROM allowed WHERE wait IS NOT NULL
  RETURNING *
), entry AS (
  INSERT INTO messages (id, session_id, seq, kind, content, sender, change, timestamp)
  SELECT step ->> 'id', a."sessionId", a.last_seq + n, 'event', step ->> 'content', 'system',
    (step -> 'change') || jsonb_build_object('epoch', a.old_epoch + n), a.at
  FROM allowed a CROSS JOIN LATERAL jsonb_array_elements(a.steps) WITH ORDINALITY AS x (step, n)
  RETURNING *
), session_changed AS (
  -- Numbers come from the locked row: Postgres checks the constraints on the row version of the statement's snapshot
  -- before it finds the newest one.
  UPDATE chat_sessions s SET
    status = a."to",
    -- A closed session keeps its last agent.
    assigned_agent = CASE a."to" WHEN 'agent' THEN a.assignee WHEN 'closed' THEN s.assigned_agent END,
    assigned_at = CASE WHEN a."to" = 'agent' THEN a.at END,
    waiting_since = CASE WHEN a."to" = 'waiting' THEN coalesce((a.wait ->> 'requestedAt')::timestamptz, a.at) END,
    closed_at = CASE WHEN a."to" = 'closed' THEN a.at END,
    epoch = a.old_epoch + a.raised, last_seq = a.last_seq + a.raised, updated_at = a.at,
    log_bytes = s.log_bytes
      + (SELECT coalesce(sum(octet_length(e.content)), 0) FROM entry e WHERE e.session_id = a."sessionId"),
    unanswered_seq = a."unansweredSeq",
    unanswered_since = CASE WHEN a."unansweredSeq" IS NOT NULL THEN a.at END,
    turn_worker = NULL, turn_lease_until = NULL, turn_losses = 0, stand_in_since = NULL
  FROM allowed a WHERE s.id = a."sessionId"
  RETURNING s.*
), figure_rows AS (
  UPDATE session_analytics f SET
    was_transferred = f.was_transferred OR a."to" = 'waiting',
    waiting_time = f.waiting_time + coalesce(w.seconds, 0),
    handling_time = f.handling_time
      + CASE WHEN a.released IS NULL THEN 0 ELSE greatest(0, extract(epoch FROM a.at - a.assigned_at)) END,
    holds = f.holds + CASE WHEN a.released IS NULL THEN 0 ELSE 1 END,
    last_hold_ended_at = CASE WHEN a.released IS NULL THEN f.last_hold_ended_at ELSE a.at END,
    first_agent_id = coalesce(f.first_agent_id, a.assignee),
    last_agent_id = coalesce(a.assignee, f.last_agent_id),
    session_duration = CASE
      WHEN a."to" = 'closed' THEN greatest(0, extract(epoch FROM a.at - a.created_at)) ELSE f.session_duration
    END,
    closed_by = CASE WHEN a."to" = 'closed' THEN a."by" ELSE f.closed_by END,
    closed_cause = CASE WHEN a."to" = 'closed' THEN a.cause ELSE f.closed_cause END,
    updated_at = a.at
  FROM allowed a LEFT JOIN ended_wait w ON w.session_id = a."sessionId"
  WHERE f.session_id = a."sessionId"
), agent_delta AS (
  SELECT id, sum(delta) AS delta FROM (
    SELECT assignee AS id, 1 AS delta FROM allowed WHERE assignee IS NOT NULL
    UNION ALL SELECT released, -1 FROM allowed WHERE released IS NOT NULL
  ) moves GROUP BY id
), agent_changed AS (
  UPDATE agents g SET
    active = l.active + coalesce(d.delta, 0),
    status = CASE WHEN g.id = $2 THEN 'offline' ELSE g.status END,
    last_active_at = CASE WHEN g.id = $2 THEN g.last_active_at ELSE m.at END
  FROM agent_locked l LEFT JOIN agent_delta d ON d.id = l.id CROSS JOIN moment m
  WHERE g.id = l.id AND (d.delta <> 0 OR (g.id = $2 AND g.status <> 'offline'))
  RETURNING g.*
)
SELECT
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'session', ${sessionJson('s', 'g')}, 'source', s.source,
      'entries', (SELECT jsonb_agg(${eventJson('e')} ORDER BY e.seq) FROM entry e WHERE e.session_id = s.id),
      'wait', coalesce(
        (SELECT ${waitJson('q')} FROM begun_wait q WHERE q.session_id = s.id),
        (SELECT ${waitJson('q')} FROM ended_wait q WHERE q.session_id = s.id)
      )
    ) ORDER BY s.id), '[]')
    FROM session_changed s LEFT JOIN agent_locked g ON g.id = s.assigned_agent
  ) AS applied,
  (SELECT coalesce(jsonb_agg(${agentJson('g')}), '[]') FROM agent_changed g) AS agents`;

export function createControlStore(database: Database) {
  return {
    /** Sessions for decisions, and agents, from one snapshot, without those that do not exist. */
    async readViews(
      sessionIds: readonly string[],
      agentIds: readonly string[],
    ): Promise<{ views: SessionView[]; agents: Agent[] }> {
      const [row] = await database.statement<{ views: SessionView[]; agents: Agent[] }>(
        READ_VIEWS,
        sessionIds,
        agentIds,
      );
      return row ?? { views: [], agents: [] };
    },

    /**
     * @param offline an agent to mark offline in the same transaction.
     * @returns the applied changes, and the agents whose records have changed.
     */
    async applyChanges(
      changes: readonly ControlChange[],
      offline: string | null,
    ): Promise<{ applied: Applied[]; agents: Agent[] }> {
      // Capacity is checked once for each change: two for one agent would both find the last free slot.
      const assignees = changes.flatMap(({ assignee }) => (assignee === null ? [] : [assignee]));
      if (new Set(assignees).size !== assignees.length)
        throw new Error('one statement assigns at most one session to an agent');
      const released = changes.flatMap(({ released }) => (released === null ? [] : [released]));
      const agents = new Set([...assignees, ...released, ...(offline === null ? [] : [offline])]);
      const withIds = changes.map((one) => ({ ...one, steps: one.steps.map((step) => ({ ...step, id: newId() })) }));
      const [row] = await database.statement<{ applied: Applied[]; agents: Agent[] }>(
        APPLY,
        JSON.stringify(withIds),
        offline,
        [...agents],
        changes.map(({ sessionId }) => sessionId),
      );
      return row ?? { applied: [], agents: [] };
    },
  };
}
export type ControlStore = ReturnType<typeof createControlStore>;
