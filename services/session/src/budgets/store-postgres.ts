import type { Budget, BudgetScope, Budgets, OverBudget } from '@baton/contracts';
import { Unavailable } from '@baton/runtime';
import type { Database } from '../platform/database-postgres.ts';
import { addressOf } from '../platform/json-postgres.ts';

/**
 * One at a time, as all of them change the budget of all. Not by locking its row: rows are made when they are first
 * needed, and locks on rows that are there and on rows that are being made come in no order that all could keep to.
 * A count that a fall of Postgres forgets lets somebody ask once more, so nobody waits for the disk.
 */
const IN_TURN = `in_turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtext('model_budgets')), set_config('synchronous_commit', 'off', true)
)`;

const SCOPES = ['chat', 'customer', 'address', 'all'] as const satisfies readonly BudgetScope[];

type KeptScope = (typeof SCOPES)[number];

/** The key of each budget of a session, of columns of its row. A session that does not say where it is from is its own. */
const keyOf: Record<KeptScope, (s: string) => string> = {
  chat: (s) => `${s}.id`,
  customer: (s) => `coalesce(${s}.source, ${s}.id)`,
  address: (s) => addressOf(`${s}.source`, `${s}.id`),
  all: () => `''`,
};

/** The first of the limits: before it stand the session, the tokens, the wait, the window and the message. */
const FIRST_LIMIT = 6;

const limitsAt = (index: number) => {
  const at = FIRST_LIMIT + 3 * index;
  return `$${at}::int AS calls_per_minute, $${at + 1}::int AS calls_per_day, $${at + 2}::bigint AS tokens_per_day`;
};

const FROM_SESSION = 'FROM chat_sessions s WHERE s.id = $1';

const limitRow = (scope: KeptScope, index: number) =>
  `SELECT '${scope}' AS name, ${index} AS place, '${scope}'::budget_scope AS scope, ${keyOf[scope]('s')} AS key,
    ${limitsAt(index)} ${scope === 'all' ? '' : FROM_SESSION}`;

/** Of one message, however many turns it takes: its row stands beside that of its chat. */
const MESSAGE_ROW = `SELECT 'message' AS name, -1 AS place, 'chat'::budget_scope AS scope, s.id || ':' || $5::int AS key,
    ${limitsAt(SCOPES.length)} ${FROM_SESSION} AND $5::int IS NOT NULL`;

/**
 * [S6] One call from all budgets, or from none. The rows are locked to get their newest version, and not the one that
 * the statement began with.
 *
 * Of a minute's calls half may be made at once, and the other half comes back in the course of the window: so no minute
 * has more than all. That is kept as one moment, when all of the half are there again; each call moves it on by what one
 * call takes (GCRA, as in ITU-T I.371). A call that may not be made now, but soon, is granted for then.
 *
 * A row that another has made since the statement began cannot be locked. It is not changed beyond what it holds: the
 * statement then gives fewer rows than there are budgets, and is made again.
 */
const TAKE = `/* budget take */
WITH ${IN_TURN}, budget AS MATERIALIZED (
  ${[...SCOPES.map(limitRow), MESSAGE_ROW].join('\n  UNION ALL ')}
), locked AS MATERIALIZED (
  SELECT b.* FROM model_budgets b JOIN budget l ON l.scope = b.scope AND l.key = b.key
  WHERE (SELECT count(*) FROM in_turn) > 0 FOR NO KEY UPDATE OF b
), moment AS MATERIALIZED (
  SELECT clock_timestamp() AS at, (clock_timestamp() AT TIME ZONE 'UTC')::date AS day, $4::float8 / 1000 AS window_s
  FROM (SELECT count(*) AS rows FROM locked) held WHERE held.rows >= 0
), counted AS MATERIALIZED (
  SELECT l.*, m.at, m.day, m.window_s,
    coalesce(CASE WHEN b.day = m.day THEN b.calls END, 0) AS calls,
    coalesce(CASE WHEN b.day = m.day THEN b.tokens END, 0) AS tokens,
    greatest(b.full_at, m.at) AS full_at,
    CASE WHEN l.calls_per_minute > 0 THEN 2 * m.window_s / l.calls_per_minute ELSE 0 END AS one_call_s
  FROM budget l CROSS JOIN moment m LEFT JOIN locked b ON b.scope = l.scope AND b.key = l.key
), judged AS MATERIALIZED (
  SELECT *, CASE
    WHEN calls_per_day > 0 AND calls >= calls_per_day THEN 'callsPerDay'
    WHEN tokens_per_day > 0 AND tokens >= tokens_per_day THEN 'tokensPerDay'
    WHEN wait_s * 1000 > $3::int THEN 'callsPerMinute'
  END AS over
  FROM (
    SELECT *, CASE WHEN calls_per_minute > 0
      THEN greatest(0, extract(epoch FROM full_at - at)::float8 + one_call_s - greatest(window_s, one_call_s)) ELSE 0
    END AS wait_s
    FROM counted
  ) waits
), verdict AS MATERIALIZED (
  SELECT max(wait_s) AS wait_s, bool_and(over IS NULL) AS granted FROM judged
), charged AS (
  INSERT INTO model_budgets AS b (scope, key, day, calls, tokens, full_at)
  SELECT j.scope, j.key, j.day, 1, $2::bigint, j.at + make_interval(secs => v.wait_s + j.one_call_s)
  FROM judged j CROSS JOIN verdict v WHERE v.granted
  ON CONFLICT (scope, key) DO UPDATE SET
    day = EXCLUDED.day,
    calls = CASE WHEN b.day = EXCLUDED.day THEN b.calls ELSE 0 END + 1,
    tokens = CASE WHEN b.day = EXCLUDED.day THEN b.tokens ELSE 0 END + EXCLUDED.tokens,
    full_at = greatest(EXCLUDED.full_at, b.full_at + (
      SELECT make_interval(secs => j.one_call_s) FROM judged j WHERE j.scope = EXCLUDED.scope AND j.key = EXCLUDED.key
    ))
  -- Always so of a row that was locked; a millisecond is for what rounding makes of it.
  WHERE (
    SELECT j.calls_per_minute = 0 OR b.full_at <= EXCLUDED.full_at
      + make_interval(secs => greatest(j.window_s, j.one_call_s) - 2 * j.one_call_s + 0.001)
    FROM judged j WHERE j.scope = EXCLUDED.scope AND j.key = EXCLUDED.key
  )
  RETURNING scope
)
SELECT v.granted, v.wait_s AS "waitS", (SELECT count(*)::int FROM charged) AS charged, (SELECT count(*)::int FROM budget) AS budgets,
  (SELECT jsonb_build_object('scope', scope, 'ofMessage', name = 'message', 'limit', over, 'retryAfterMs', ceil(1000 * CASE over
      WHEN 'callsPerMinute' THEN wait_s
      ELSE extract(epoch FROM ((day + 1)::timestamp AT TIME ZONE 'UTC') - at)
    END)) FROM judged WHERE over IS NOT NULL ORDER BY place LIMIT 1) AS over,
  (SELECT jsonb_build_object('calls', calls, 'tokens', tokens) FROM judged WHERE name = 'all') AS before
FROM verdict v`;

interface Row {
  granted: boolean;
  waitS: number;
  charged: number;
  budgets: number;
  over: Required<OverBudget> | null;
  before: { calls: number; tokens: number };
}

export interface Taken {
  granted: boolean;
  waitMs: number;
  over?: OverBudget;
  today: { calls: number; tokens: number };
}

/** Rounds in which another is first to make a row. */
const MAX_ROUNDS = 10;

const plain = ({ ofMessage, ...over }: Required<OverBudget>): OverBudget => ({
  ...over,
  ...(ofMessage && { ofMessage }),
});

const FREE: Budget = { callsPerMinute: 0, callsPerDay: 0, tokensPerDay: 0 };

const valuesOf = ({ callsPerMinute, callsPerDay, tokensPerDay }: Budget) => [callsPerMinute, callsPerDay, tokensPerDay];

/**
 * A part of a statement that has the row of a session as `session_row`: what its turn took more, or less, than was set
 * aside.
 */
export const settleTokens = (session_row: string, tokens: string) => `budget_turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtext('model_budgets')) FROM ${session_row} WHERE ${tokens} <> 0
), budget_locked AS MATERIALIZED (
  SELECT b.scope, b.key FROM model_budgets b JOIN (
    ${SCOPES.map((scope) => `SELECT '${scope}'::budget_scope AS scope, ${keyOf[scope](session_row)} AS key FROM ${session_row}`).join('\n    UNION ALL ')}
  ) own ON own.scope = b.scope AND own.key = b.key
  WHERE (SELECT count(*) FROM budget_turn) > 0 FOR NO KEY UPDATE OF b
), settled AS (
  UPDATE model_budgets b SET tokens = greatest(0, b.tokens + ${tokens})
  FROM budget_locked l
  WHERE b.scope = l.scope AND b.key = l.key AND b.day = (clock_timestamp() AT TIME ZONE 'UTC')::date
)`;

const SWEEP = `/* budget sweep */
WITH old AS MATERIALIZED (
  SELECT scope, key FROM model_budgets
  WHERE day < (now() AT TIME ZONE 'UTC')::date - 1 AND full_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM model_budgets b USING old o WHERE b.scope = o.scope AND b.key = o.key RETURNING 1
)
SELECT count(*)::int AS deleted FROM gone`;

export function createBudgetStore(database: Database) {
  return {
    async takeModelCall(asked: {
      sessionId?: string | undefined;
      messageSeq?: number | undefined;
      tokens: number;
      waitMs: number;
      windowMs: number;
      budgets: Budgets;
    }): Promise<Taken> {
      const { budgets } = asked;
      const message = budgets.message === undefined ? undefined : asked.messageSeq;
      const limits = [...SCOPES.map((scope) => budgets[scope]), budgets.message ?? FREE].flatMap(valuesOf);
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const values = [
          asked.sessionId ?? null,
          asked.tokens,
          asked.waitMs,
          asked.windowMs,
          message ?? null,
          ...limits,
        ];
        const [row] = await database.statement<Row>(TAKE, ...values);
        if (row === undefined) throw new Error('a budget says nothing');
        const { granted, before, over } = row;
        if (!granted) return { granted, waitMs: 0, ...(over && { over: plain(over) }), today: before };
        if (row.charged === row.budgets) {
          const today = { calls: before.calls + 1, tokens: before.tokens + asked.tokens };
          return { granted, waitMs: Math.ceil(row.waitS * 1_000), today };
        }
      }
      throw new Unavailable('others were quicker again and again');
    },

    /** Deletes some of the rows that count for no day any more. */
    async sweep(limit: number): Promise<number> {
      const [row] = await database.statement<{ deleted: number }>(SWEEP, limit);
      return row?.deleted ?? 0;
    },
  };
}
export type BudgetStore = ReturnType<typeof createBudgetStore>;
