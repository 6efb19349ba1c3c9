import type { Sender, Session } from '@baton/contracts';
import { settleTokens } from '../budgets/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { addressOf, iso, sessionJson } from '../platform/json-postgres.ts';
import { botAnswers } from './stand-in-store-postgres.ts';
import { GIVEN_UP, MAX_LOSSES } from './turn-losses.ts';

/**
 * A lease that a fall of Postgres forgets does no harm: its worker renews it, and whoever takes it as well finds the one
 * answer given. So the customer, who waits for the first words, does not wait for the disk as well.
 */
const NO_WAIT_FOR_DISK = `no_wait AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`;

/**
 * [A2] The lease on what the bot owes: one worker at a time, the same may renew it. A change of control takes it away.
 * It is no sign of life of the session, so `updated_at` stays.
 */
const BEGIN = `/* turn begin */
WITH ${NO_WAIT_FOR_DISK}
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
 * Gives back the worker's own lease, nobody else's. A summary is kept when it reaches further than the one there is,
 * also from a worker that has lost its lease: entries never change, so it is true all the same. What the turn took of the
 * budgets is settled with it.
 */
const END = `/* turn end */
WITH ${NO_WAIT_FOR_DISK}, session_row AS (
UPDATE chat_sessions s SET
  turn_worker = CASE WHEN turn_worker = $2 THEN NULL ELSE turn_worker END,
  turn_lease_until = CASE WHEN turn_worker = $2 THEN NULL ELSE turn_lease_until END,
  turn_losses = CASE WHEN turn_worker = $2 THEN 0 ELSE turn_losses END,
  memory = CASE WHEN $4::int > memory_through_seq AND $4 <= last_seq THEN $3::text ELSE memory END,
  memory_through_seq = CASE WHEN $4 > memory_through_seq AND $4 <= last_seq THEN $4 ELSE memory_through_seq END
FROM no_wait WHERE id = $1
RETURNING id, source, status, stand_in_since, unanswered_seq
), ${settleTokens('session_row', '$5::int')}
SELECT ${botAnswers('session_row')} AND unanswered_seq IS NOT NULL AS owed FROM session_row`;

/** Looked at in one go, and more than there are on any but the worst of days. */
const MOST_UNANSWERED = 5_000;

/** [S6] One of each address, then another of each: whoever has left hundreds unanswered fills no page with them. */
const UNANSWERED = `/* turns unanswered */
WITH oldest AS (
  SELECT id, epoch, unanswered_seq, unanswered_since, source
  FROM chat_sessions
  WHERE unanswered_since <= now() - make_interval(secs => $1::int / 1000.0) AND ${botAnswers('chat_sessions')}
    AND (turn_lease_until IS NULL OR turn_lease_until <= now())
  ORDER BY unanswered_since LIMIT ${MOST_UNANSWERED}
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

    /** @returns whether the bot owes an answer now; undefined when there is no such session. */
    async end(options: {
      sessionId: string;
      worker: string;
      memory: { summary: string; throughSeq: number } | undefined;
      tokens: number | undefined;
    }): Promise<boolean | undefined> {
      const { sessionId, worker, memory, tokens } = options;
      const rows = await database.statement<{ owed: boolean }>(
        END,
        sessionId,
        worker,
        memory?.summary ?? null,
        memory?.throughSeq ?? 0,
        tokens ?? 0,
      );
      return rows[0]?.owed;
    },

    /** What the bot has owed for so long and nobody is working on: the oldest of each address first. */
    findUnanswered(olderThanMs: number, limit: number): Promise<Unanswered[]> {
      return database.statement(UNANSWERED, olderThanMs, limit);
    },

    /**
     * Customers whom the bot has let wait for so long, whether somebody is working on it or not, and those whose turn no
     * worker is given any more. A chat in which the customer has not said a word is none: nobody needs a human because a
     * greeting is late.
     */
    findOverdue(olderThanMs: number, limit: number): Promise<{ sessionId: string; before: string }[]> {
      return database.statement(OVERDUE, olderThanMs, limit);
    },

    /** The beginnings of the last messages of each session, in order. */
    readLastMessages(
      sessionIds: readonly string[],
      count: number,
    ): Promise<{ sessionId: string; sender: Sender; content: string }[]> {
      return database.statement(LAST_MESSAGES, sessionIds, count);
    },
  };
}
export type TurnStore = ReturnType<typeof createTurnStore>;
