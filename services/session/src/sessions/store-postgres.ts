import {
  ANONYMOUS_ID,
  type BotContext,
  type EndedSession,
  type EventEntry,
  type JsonObject,
  type Session,
  type VerifiedCustomer,
  type Wait,
  type WaitingSession,
} from '@baton/contracts';
import { countFitting, newId } from '@baton/runtime';
import type { Step } from '../control/view.ts';
import type { Database } from '../platform/database-postgres.ts';
import { eventJson, iso, ratingJson, sessionJson, waitJson } from '../platform/json-postgres.ts';

/** Creates a session with its first entry and its statistics; no row when the customer's start id exists. */
const CREATE = `/* session create */
WITH moment AS MATERIALIZED (
  SELECT date_trunc('milliseconds', clock_timestamp()) AS at
), session_row AS (
  INSERT INTO chat_sessions (
    id, user_id, bot_context, metadata, start_id, last_seq, log_bytes, created_at, updated_at, unanswered_seq, unanswered_since,
    source, customer_id, customer
  )
  -- A greeting, the reply to the first entry, is pending unless the page has greeted.
  SELECT $1, $2, $3::jsonb, $4::jsonb, $5, 1, octet_length($7), at, at,
    CASE WHEN NOT $9::boolean THEN 1 END, CASE WHEN NOT $9 THEN at END, $10, $11::jsonb ->> 'id', $11::jsonb
  FROM moment
  ON CONFLICT (user_id, start_id) DO NOTHING
  RETURNING *
), entry AS (
  INSERT INTO messages (id, session_id, seq, kind, content, sender, change, timestamp)
  SELECT $6, id, 1, 'event', $7, 'system', $8::jsonb, created_at FROM session_row
  RETURNING *
), analytics AS (
  INSERT INTO session_analytics (session_id, created_at, updated_at) SELECT id, created_at, created_at FROM session_row
)
SELECT ${sessionJson('s', 'g')} AS session, ${eventJson('e')} AS entry
FROM session_row s CROSS JOIN entry e LEFT JOIN agents g ON false`;

const STARTED = `/* session started */
SELECT ${sessionJson('s', 'g')} AS session,
  s.bot_context IS NOT DISTINCT FROM $3::jsonb AND s.metadata = $4::jsonb
    AND s.customer_id IS NOT DISTINCT FROM $5 AS same
FROM chat_sessions s LEFT JOIN agents g ON g.id = s.assigned_agent
WHERE s.user_id = $1 AND s.start_id = $2`;

export interface NewSession {
  userId: string;
  botContext: BotContext | null;
  metadata: JsonObject;
  /** [M2] */
  startId: string | null;
  /** The first entry of its log. */
  started: Step;
  greeted: boolean;
  /** The customer and network address, where known. */
  source: string | null;
  /** As the site has proven. */
  customer: VerifiedCustomer | null;
}

export type Created =
  | { kind: 'created'; session: Session; entry: EventEntry }
  | { kind: 'repeated'; session: Session }
  | { kind: 'reused' };

const READ = `/* session read */
SELECT ${sessionJson('s', 'g')} AS session, CASE WHEN q.id IS NOT NULL THEN ${waitJson('q')} END AS wait
FROM chat_sessions s
LEFT JOIN agents g ON g.id = s.assigned_agent
LEFT JOIN LATERAL (
  SELECT * FROM transfer_queue t
  WHERE t.session_id = s.id AND (t.is_active OR s.status = 'agent') ORDER BY t.id DESC LIMIT 1
) q ON true
WHERE s.id = ANY ($1::text[]) ORDER BY s.id`;

const HELD = `/* sessions held */
SELECT ${sessionJson('s', 'g')} AS session
FROM chat_sessions s JOIN agents g ON g.id = s.assigned_agent
WHERE s.assigned_agent = $1 AND s.status = 'agent' ORDER BY s.assigned_at, s.id`;

const ENDED = `/* sessions ended */
SELECT ${sessionJson('s', 'g')} || jsonb_build_object('rating', ${ratingJson('f')}) AS session
FROM chat_sessions s JOIN agents g ON g.id = s.assigned_agent LEFT JOIN session_analytics f ON f.session_id = s.id
WHERE s.assigned_agent = $1 AND s.status = 'closed' ORDER BY s.closed_at DESC, s.id DESC LIMIT $2`;

/** [S1] No row when the session is another customer's, or was begun under the name of another. */
const IDENTIFY = `/* session identify */
WITH identified AS (
  UPDATE chat_sessions SET user_id = $2, customer_id = $2, customer = $3::jsonb
  WHERE id = $1 AND (customer_id = $2 OR customer_id IS NULL AND (user_id = $2 OR user_id ~ $4))
  RETURNING *
)
SELECT ${sessionJson('s', 'g')} AS session FROM identified s LEFT JOIN agents g ON g.id = s.assigned_agent`;

const OF_CUSTOMER = `/* sessions of customer */
SELECT ${sessionJson('s', 'g')} AS session
FROM chat_sessions s LEFT JOIN agents g ON g.id = s.assigned_agent
WHERE s.customer_id = $1 AND s.status <> 'closed' ORDER BY s.id DESC LIMIT $2`;

const WAITING = `/* sessions waiting */
SELECT q.session_id AS "sessionId", s.epoch, q.priority, ${iso('q.requested_at')} AS "requestedAt", q.reason, q.brief,
  q.metadata
FROM transfer_queue q JOIN chat_sessions s ON s.id = q.session_id
WHERE q.is_active AND q.session_id > $1 ORDER BY q.session_id LIMIT $2`;

const SILENT = `/* sessions silent */
SELECT id, ${iso('now() - make_interval(secs => $1)')} AS before FROM chat_sessions
WHERE status IN ('bot', 'waiting', 'agent') AND updated_at <= now() - make_interval(secs => $1)
LIMIT $2`;

const QUIET = `/* sessions quiet */
SELECT id, ${iso('updated_at')} AS "updatedAt", updated_at <= now() - make_interval(secs => $1) AS due,
  ${iso('now() - make_interval(secs => $1)')} AS before
FROM chat_sessions
WHERE status = 'bot' AND updated_at <= now() - make_interval(secs => $1::float8 / 2)
  AND (updated_at, id) > ($2::timestamptz, $3)
ORDER BY updated_at, id LIMIT $4`;

/** A session with the bot without activity for at least half of the time after which it is due. */
export interface IdleSession {
  id: string;
  updatedAt: string;
  due: boolean;
  /** By Postgres' clock: a session that is due has had no activity since then. */
  before: string;
}

const DELETE_CLOSED = `/* sessions delete */
WITH old AS MATERIALIZED (
  SELECT id FROM chat_sessions WHERE closed_at < now() - make_interval(days => $1)
  ORDER BY closed_at LIMIT $2 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM chat_sessions s USING old WHERE s.id = old.id RETURNING 1
)
SELECT count(*)::int AS deleted FROM gone`;

export function createSessionStore(database: Database) {
  return {
    /** Creates a session. A repeat returns the first one; another start with the same id is `reused`. */
    async create(fresh: NewSession): Promise<Created> {
      const { userId, startId, started } = fresh;
      const botContext = fresh.botContext === null ? null : JSON.stringify(fresh.botContext);
      const metadata = JSON.stringify(fresh.metadata);
      const [created] = await database.statement<{ session: Session; entry: EventEntry }>(
        CREATE,
        newId(),
        userId,
        botContext,
        metadata,
        startId,
        newId(),
        started.content,
        JSON.stringify({ ...started.change, epoch: 1 }),
        fresh.greeted,
        fresh.source,
        fresh.customer && JSON.stringify(fresh.customer),
      );
      if (created !== undefined) return { kind: 'created', ...created };
      const [first] = await database.statement<{ session: Session; same: boolean }>(
        STARTED,
        userId,
        startId,
        botContext,
        metadata,
        fresh.customer?.id ?? null,
      );
      if (first === undefined) throw new Error('a session was neither created nor found: it was deleted meanwhile');
      return first.same ? { kind: 'repeated', session: first.session } : { kind: 'reused' };
    },

    /**
     * Sessions with their current wait or, once assigned, the wait that led to the agent, who is shown its brief.
     * Without those that do not exist.
     */
    read(sessionIds: readonly string[]): Promise<{ session: Session; wait: Wait | null }[]> {
      return database.statement(READ, sessionIds);
    },

    /** The session belongs to this customer from now on; undefined when it cannot. */
    async identify(sessionId: string, customer: VerifiedCustomer): Promise<Session | undefined> {
      const [row] = await database.statement<{ session: Session }>(
        IDENTIFY,
        sessionId,
        customer.id,
        JSON.stringify(customer),
        ANONYMOUS_ID,
      );
      return row?.session;
    },

    /** The open sessions of a verified customer, the newest first; as many as fit into one message. */
    async readOfCustomer(customerId: string, limit: number): Promise<Session[]> {
      const rows = await database.statement<{ session: Session }>(OF_CUSTOMER, customerId, limit);
      const sessions = rows.map(({ session }) => session);
      return sessions.slice(0, countFitting(sessions));
    },

    /** The sessions assigned to an agent, in the order of assignment. */
    async readAssignedTo(agentId: string): Promise<Session[]> {
      const rows = await database.statement<{ session: Session }>(HELD, agentId);
      return rows.map(({ session }) => session);
    },

    /** The closed sessions of an agent, the latest first; as many as fit into one message. */
    async readEndedWith(agentId: string, limit: number): Promise<EndedSession[]> {
      const rows = await database.statement<{ session: EndedSession }>(ENDED, agentId, limit);
      const sessions = rows.map(({ session }) => session);
      return sessions.slice(0, countFitting(sessions));
    },

    /** A page of waiting sessions by id, after `afterId`. */
    async readWaiting(afterId: string, limit: number): Promise<{ waiting: WaitingSession[]; hasMore: boolean }> {
      const rows = await database.statement<WaitingSession>(WAITING, afterId, limit + 1);
      const page = rows.slice(0, limit);
      const waiting = page.slice(0, countFitting(page));
      return { waiting, hasMore: waiting.length < rows.length };
    },

    /** Open sessions without activity for this time. `before` is its start, by Postgres' clock. */
    findExpired(seconds: number, limit: number): Promise<{ id: string; before: string }[]> {
      return database.statement(SILENT, seconds, limit);
    },

    /** A page of idle sessions, the longest idle first, after `after`. */
    findIdle(
      seconds: number,
      after: Pick<IdleSession, 'id' | 'updatedAt'> | null,
      limit: number,
    ): Promise<IdleSession[]> {
      return database.statement(QUIET, seconds, after?.updatedAt ?? '-infinity', after?.id ?? '', limit);
    },

    /** Deletes some of the sessions that were closed before, with all their rows. @returns how many. */
    async deleteClosed(olderThanDays: number, limit: number): Promise<number> {
      const [row] = await database.statement<{ deleted: number }>(DELETE_CLOSED, olderThanDays, limit);
      return row?.deleted ?? 0;
    },
  };
}
export type SessionStore = ReturnType<typeof createSessionStore>;
