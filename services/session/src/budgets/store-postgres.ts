import type { Budget, BudgetScope, Budgets, OverBudget } from '@baton/contracts';
import { Unavailable } from '@baton/runtime';
import type { Database } from '../platform/database-postgres.ts';
import { addressOf } from '../platform/json-postgres.ts';

/**
 * Statements run one at a time, as each changes the budget of scope `all`. Locking that row is not enough: rows are
 * created on demand, and locks on existing and on new rows have no common order, so statements could deadlock.
 * The commit is asynchronous: a count lost in a crash of Postgres permits one more call.
 */
const IN_TURN = `in_turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtext('model_budgets')), set_config('synchronous_commit', 'off', true)
)`;

const SCOPES = ['chat', 'customer', 'address', 'all'] as const satisfies readonly BudgetScope[];

type KeptScope = (typeof SCOPES)[number];

/** The key of each budget of a session, from columns of its row. A session of unknown source has budgets of its own. */
const keyOf: Record<KeptScope, (s: string) => string> = {
  chat: (s) => `${s}.id`,
  customer: (s) => `coalesce(${s}.source, ${s}.id)`,
  address: (s) => addressOf(`${s}.source`, `${s}.id`),
  all: () => `''`,
};

/** The parameter of the first limit, after session, tokens, wait, window and message. */
const FIRST_LIMIT = 6;

const limitsAt = (index: number) => {
  const at = FIRST_LIMIT + 3 * index;
  return `$${at}::int AS calls_per_minute, $${at + 1}::int AS calls_per_day, $${at + 2}::bigint AS tokens_per_day`;
};

const FROM_SESSION = 'FROM chat_sessions s WHERE s.id = $1';

const limitRow = (scope: KeptScope, index: number) =>
  `SELECT '${scope}' AS name, ${index} AS place, '${scope}'::budget_scope AS scope, ${keyOf[scope]('s')} AS key,
    ${limitsAt(index)} ${scope === 'all' ? '' : FROM_SESSION}`;

/** The budget of one message, over all turns that it takes. It is a row of scope `chat`. */
const MESSAGE_ROW = `SELECT 'message' AS name, -1 AS place, 'chat'::budget_scope AS scope, s.id || ':' || $5::int AS key,
    ${limitsAt(SCOPES.length)} ${FROM_SESSION} AND $5::int IS NOT NULL`;

/**
 * [S6] Takes one call from all budgets, or from none. Locking the rows reads their newest version instead of the
 * statement's snapshot.
 *
 * Half of a minute's calls may be made in a burst, and the other half becomes available over the window, so no minute
 * has more than the limit. The state is one time, `full_at`, at which the whole burst is available again; each call
 * moves it by the interval of one call (GCRA, ITU-T I.371). A call that must wait for less than `waitMs` is granted for
 * then.
 *
 * A row that another statement inserted after this one's snapshot cannot be locked. It is then not charged beyond its
 * limit: the statement returns fewer rows than there are budgets, and is retried.
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
  -- Always true of a row that was locked; the millisecond allows for rounding.
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

/** Attempts in which another statement is first to insert a row. */
const MAX_ATTEMPTS = 10;

const plain = ({ ofMessage, ...over }: Required<OverBudget>): OverBudget => ({
  ...over,
  ...(ofMessage && { ofMessage }),
});

const FREE: Budget = { callsPerMinute: 0, callsPerDay: 0, tokensPerDay: 0 };

const valuesOf = ({ callsPerMinute, callsPerDay, tokensPerDay }: Budget) => [callsPerMinute, callsPerDay, tokensPerDay];

/** Common table expressions that correct a session's budgets by what its turn used beyond its estimate, or less. */
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
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const values = [
          asked.sessionId ?? null,
          asked.tokens,
          asked.waitMs,
          asked.windowMs,
          message ?? null,
          ...limits,
        ];
        const [row] = await database.statement<Row>(TAKE, ...values);
        if (row === undefined) throw new Error('taking a call from budgets returned no row');
        const { granted, before, over } = row;
        if (!granted) return { granted, waitMs: 0, ...(over && { over: plain(over) }), today: before };
        if (row.charged === row.budgets) {
          const today = { calls: before.calls + 1, tokens: before.tokens + asked.tokens };
          return { granted, waitMs: Math.ceil(row.waitS * 1_000), today };
        }
      }
      throw new Unavailable('other statements inserted the budgets first, again and again');
    },

    /** Deletes some of the rows of past days. @returns how many. */
    async sweep(limit: number): Promise<number> {
      const [row] = await database.statement<{ deleted: number }>(SWEEP, limit);
      return row?.deleted ?? 0;
    },
  };
}
export type BudgetStore = ReturnType<typeof createBudgetStore>;
