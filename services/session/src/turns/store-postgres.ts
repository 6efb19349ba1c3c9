import type { Sender, Session } from '@baton/contracts';
import { settleTokens } from '../budgets/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { addressOf, iso, sessionJson } from '../platform/json-postgres.ts';
import { botAnswers } from './stand-in-store-postgres.ts';
import { GIVEN_UP, MAX_LOSSES } from './turn-losses.ts';

/**
 * Commits asynchronously, as the customer waits for the first words. A lease that is lost in a crash of Postgres does
 * no harm: its worker renews it, and a second worker finds that the turn is answered already.
 */
const ASYNC_COMMIT = `no_wait AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`;

/**
 * [A2] The lease on a pending reply: one worker at a time, which may renew it. A change of control revokes it. It is
 * not activity of the session, so `updated_at` does not change.
 */
const BEGIN = `/* turn begin */
WITH ${ASYNC_COMMIT}
UPDATE chat_sessions s SET
  turn_worker = $2, turn_lease_until = clock_timestamp() + make_interval(secs => $3::int / 1000.0),
  turn_losses = s.turn_losses + CASE WHEN s.turn_worker <> $2 THEN 1 ELSE 0 END
FROM (SELECT NULL::text AS name) nobody, no_wait
WHERE s.id = $1 AND ${botAnswers('s')} AND s.unanswered_seq IS NOT NULL
  AND (s.turn_worker IS NULL OR s.turn_worker = $2
    OR (s.turn_lease_until <= clock_timestamp() AND s.turn_losses + 1 < ${MAX_LOSSES}))
RETURNING ${sessionJson('s', 'nobody')} AS session, s.unanswered_seq AS "unansweredSeq",
  ${iso('s.unanswered_since')} AS "unansweredSince", s.memory, s.memory_through_seq AS "memoryThroughSeq",
  s.source`;

export interface Turn {
  session: Session;
  unansweredSeq: number;
  unansweredSince: string;
  memory: string | null;
  memoryThroughSeq: number;
  source: string | null;
}

/**
 * Returns the worker's own lease. A summary is stored when it reaches further than the stored one, also from a worker
 * that has lost its lease: entries never change, so it is still correct. The turn's use of the budgets is corrected.
 */
const END = `/* turn end */
WITH ${ASYNC_COMMIT}, session_row AS (
UPDATE chat_sessions s SET
  turn_worker = CASE WHEN turn_worker = $2 THEN NULL ELSE turn_worker END,
  turn_lease_until = CASE WHEN turn_worker = $2 THEN NULL ELSE turn_lease_until END,
  turn_losses = CASE WHEN turn_worker = $2 THEN 0 ELSE turn_losses END,
  memory = CASE WHEN $4::int > memory_through_seq AND $4 <= last_seq THEN $3::text ELSE memory END,
  memory_through_seq = CASE WHEN $4 > memory_through_seq AND $4 <= last_seq THEN $4 ELSE memory_through_seq END
FROM no_wait WHERE id = $1
RETURNING id, source, status, stand_in_since, unanswered_seq
), ${settleTokens('session_row', '$5::int')}
SELECT ${botAnswers('session_row')} AND unanswered_seq IS NOT NULL AS pending FROM session_row`;

/** Sessions that one call considers. */
const MAX_CONSIDERED = 5_000;

/** [S6] One session of each address, then another of each, so that one address cannot fill a page. */
const UNANSWERED = `/* turns unanswered */
WITH oldest AS (
  SELECT id, epoch, unanswered_seq, unanswered_since, source
  FROM chat_sessions
  WHERE unanswered_since <= now() - make_interval(secs => $1::int / 1000.0) AND ${botAnswers('chat_sessions')}
    AND (turn_lease_until IS NULL OR turn_lease_until <= now())
  ORDER BY unanswered_since LIMIT ${MAX_CONSIDERED}
)
SELECT id AS "sessionId", epoch, unanswered_seq AS "unansweredSeq", ${iso('unanswered_since')} AS "unansweredSince",
  source
FROM oldest
ORDER BY row_number() OVER (
  PARTITION BY ${addressOf('source', 'id')} ORDER BY unanswered_since
), unanswered_since LIMIT $2`;

export interface Unanswered {
  sessionId: string;
  epoch: number;
  unansweredSeq: number;
  unansweredSince: string;
  source: string | null;
}

const OVERDUE = `/* turns overdue */
SELECT id AS "sessionId", ${iso(`CASE WHEN ${GIVEN_UP} THEN now() ELSE now() - make_interval(secs => $1::int / 1000.0) END`)} AS before
FROM chat_sessions
WHERE status = 'bot' AND unanswered_since IS NOT NULL AND last_customer_at IS NOT NULL
  AND (unanswered_since <= now() - make_interval(secs => $1::int / 1000.0) OR (${GIVEN_UP}))
ORDER BY unanswered_since LIMIT $2`;

const LAST_MESSAGES = `/* last messages */
SELECT m."sessionId", m.sender, m.content FROM unnest($1::text[]) AS wanted (id)
CROSS JOIN LATERAL (
  SELECT session_id AS "sessionId", seq, sender, left(content, 2000) AS content FROM messages
  WHERE session_id = wanted.id AND kind = 'message' ORDER BY seq DESC LIMIT $2
) m
ORDER BY m."sessionId", m.seq`;

export function createTurnStore(database: Database) {
  return {
    async begin(options: {
      sessionId: string;
      worker: string;
      leaseMs: number;
    }): Promise<Turn | 'NOT_FOUND' | 'SESSION_CLOSED' | 'NOTHING_OWED' | 'TURN_TAKEN'> {
      const { sessionId, worker, leaseMs } = options;
      const [turn] = await database.statement<Turn>(BEGIN, sessionId, worker, leaseMs);
      if (turn !== undefined) return turn;
      const row = await database.prisma.chatSession.findUnique({
        where: { id: sessionId },
        select: { status: true, unansweredSeq: true, standInSince: true },
      });
      if (row === null) return 'NOT_FOUND';
      if (row.status === 'closed') return 'SESSION_CLOSED';
      const answers = row.status === 'bot' || (row.status === 'waiting' && row.standInSince !== null);
      return answers && row.unansweredSeq !== null ? 'TURN_TAKEN' : 'NOTHING_OWED';
    },

    /** @returns whether a reply is pending now; undefined when the session does not exist. */
    async end(options: {
      sessionId: string;
      worker: string;
      memory: { summary: string; throughSeq: number } | undefined;
      tokens: number | undefined;
    }): Promise<boolean | undefined> {
      const { sessionId, worker, memory, tokens } = options;
      const rows = await database.statement<{ pending: boolean }>(
        END,
        sessionId,
        worker,
        memory?.summary ?? null,
        memory?.throughSeq ?? 0,
        tokens ?? 0,
      );
      return rows[0]?.pending;
    },

    /** Replies that are pending for this time without a lease: the oldest of each address first. */
    findUnanswered(olderThanMs: number, limit: number): Promise<Unanswered[]> {
      return database.statement(UNANSWERED, olderThanMs, limit);
    },

    /**
     * Sessions whose reply is overdue, with or without a lease, and those whose turn was given up. Sessions
     * in which the customer has not written are not among them: a late greeting needs no human.
     */
    findOverdue(olderThanMs: number, limit: number): Promise<{ sessionId: string; before: string }[]> {
      return database.statement(OVERDUE, olderThanMs, limit);
    },

    /** The beginnings of each session's last messages, in order. */
    readLastMessages(
      sessionIds: readonly string[],
      count: number,
    ): Promise<{ sessionId: string; sender: Sender; content: string }[]> {
      return database.statement(LAST_MESSAGES, sessionIds, count);
    },
  };
}
export type TurnStore = ReturnType<typeof createTurnStore>;
