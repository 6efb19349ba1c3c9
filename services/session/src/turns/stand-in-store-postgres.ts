import type { Database } from '../platform/database-postgres.ts';
import { iso } from '../platform/json-postgres.ts';
import { GIVEN_UP } from './turn-losses.ts';

/** SQL: whether the bot answers a session, because it has control or stands in. */
export const botAnswers = (s: string) =>
  `(${s}.status = 'bot' OR ${s}.status = 'waiting' AND ${s}.stand_in_since IS NOT NULL)`;

/** An agent counts until the queue service has marked it offline, so a page reload changes nothing. */
const AN_AGENT_IS_ONLINE = `EXISTS (SELECT FROM agents WHERE status IN ('available', 'busy'))`;

/**
 * A customer's message without an answer becomes the pending reply, as after a change of control to the bot. Rows are
 * locked in the order of their ids, as everywhere. Rows that another statement has locked, and sessions whose log has
 * grown since this statement's snapshot, are left to the next call.
 */
const BEGIN = `/* stand in begin */
WITH held AS MATERIALIZED (
  SELECT s.id, s.last_seq FROM chat_sessions s
  WHERE s.status = 'waiting' AND s.stand_in_since IS NULL AND NOT ${AN_AGENT_IS_ONLINE}
  ORDER BY s.id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE chat_sessions s SET
  stand_in_since = now(), unanswered_seq = asked.seq, unanswered_since = CASE WHEN asked.seq IS NOT NULL THEN now() END
FROM held h
JOIN messages last ON last.session_id = h.id AND last.seq = h.last_seq
LEFT JOIN LATERAL (
  SELECT CASE WHEN newest.sender = 'user' THEN newest.seq END AS seq FROM (
    SELECT m.seq, m.sender FROM messages m
    WHERE m.session_id = h.id AND m.kind = 'message' AND m.sender <> 'system' ORDER BY m.seq DESC LIMIT 1
  ) newest
) asked ON true
WHERE s.id = h.id
RETURNING s.id AS "sessionId", s.epoch, s.unanswered_seq AS "unansweredSeq", s.source`;

const END = `/* stand in end */
WITH held AS MATERIALIZED (
  SELECT s.id FROM chat_sessions s
  WHERE s.stand_in_since IS NOT NULL AND s.status = 'waiting' AND ${AN_AGENT_IS_ONLINE}
  ORDER BY s.id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE chat_sessions s SET
  stand_in_since = NULL, unanswered_seq = NULL, unanswered_since = NULL, turn_worker = NULL, turn_lease_until = NULL,
  turn_losses = 0
FROM held h WHERE s.id = h.id
RETURNING s.id`;

const STANDS_IN = `stand_in_since IS NOT NULL AND status = 'waiting'`;

const STOOD_IN_LONG = `/* stand in long */
SELECT id AS "sessionId", ${iso('now() - make_interval(secs => $1::float8)')} AS before
FROM chat_sessions WHERE ${STANDS_IN} AND stand_in_since <= now() - make_interval(secs => $1::float8)
ORDER BY stand_in_since LIMIT $2`;

const UNANSWERABLE = `/* stand in unanswerable */
SELECT id AS "sessionId", epoch, unanswered_seq AS "unansweredSeq" FROM chat_sessions
WHERE ${STANDS_IN} AND unanswered_since IS NOT NULL
  AND (unanswered_since <= now() - make_interval(secs => $1::int / 1000.0) OR (${GIVEN_UP}))
ORDER BY unanswered_since LIMIT $2`;

const FORGET_LOSSES = `/* stand in forget losses */
UPDATE chat_sessions SET turn_worker = NULL, turn_lease_until = NULL, turn_losses = 0
WHERE ${STANDS_IN} AND turn_lease_until <= clock_timestamp() AND (unanswered_seq IS NULL OR id = ANY ($1::text[]))`;

/** A session in which the bot stands in from now on, with its pending reply. */
export interface BegunStandIn {
  sessionId: string;
  epoch: number;
  unansweredSeq: number | null;
  source: string | null;
}

/** Sessions that wait while no agent is online. Every method is idempotent. */
export function createStandInStore(database: Database) {
  return {
    /** Begins the stand-in in waiting sessions while no agent is online. */
    begin: (limit: number) => database.statement<BegunStandIn>(BEGIN, limit),
    /** Ends it everywhere once an agent is online. @returns how many sessions were changed. */
    end: async (limit: number) => (await database.statement(END, limit)).length,
    /** Sessions in which the bot has stood in for this time. `before` is its start, by Postgres' clock. */
    findLongStandIns: (seconds: number, limit: number) =>
      database.statement<{ sessionId: string; before: string }>(STOOD_IN_LONG, seconds, limit),
    /** Sessions whose reply is overdue, or whose turn was given up. */
    findUnanswerable: (deadlineMs: number, limit: number) =>
      database.statement<{ sessionId: string; epoch: number; unansweredSeq: number }>(UNANSWERABLE, deadlineMs, limit),
    /**
     * Resets the count of lost leases once the customer was told that there is no answer: in these sessions, and in
     * those whose process died between the two.
     */
    forgetLosses: async (answered: readonly string[]) => void (await database.statement(FORGET_LOSSES, answered)),
  };
}
export type StandInStore = ReturnType<typeof createStandInStore>;
