import type { Priority } from '@baton/contracts';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Ledger, RecordedEntry, RecordedSession, RecordedWait } from './history.ts';

const MS = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;
const SESSIONS = `SELECT id, user_id AS "userId", start_id AS "startId", status, assigned_agent AS "assignedAgent", epoch,
  last_seq AS "lastSeq", CASE WHEN last_customer_at IS NOT NULL THEN unanswered_seq END AS "unansweredSeq"
  FROM chat_sessions`;
const ENTRIES = `SELECT session_id AS "sessionId", seq, id, kind, content, sender, sender_id AS "senderId",
  client_message_id AS "clientMessageId", in_reply_to AS "inReplyTo", change,
  coalesce((metadata ->> 'handover')::boolean, false) AS handoff, ${MS('timestamp')} AS at
  FROM messages ORDER BY session_id, seq`;
const AGENTS = 'SELECT id, status, capacity, active FROM agents';
const WAITS = `SELECT session_id AS "sessionId", priority, ${MS('requested_at')} AS "requestedAt",
  is_active AS "isActive", brief IS NOT NULL AS "hasBrief", reason FROM transfer_queue ORDER BY id`;

const priorities: readonly Priority[] = ['high', 'normal', 'low'];

/** What the queue adds to the start of a wait while its customer has no page open. */
const AWAY_MS = 5_000_000_000_000;

/** Looks at the record itself, past every service. Both servers must be up. */
export async function openLedger(options: { databaseUrl: string; redisUrl: string; redisPrefix: string }) {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 2 });
  // A server that was killed ends idle connections; the next query makes another.
  pool.on('error', () => {});
  const redis = new Redis(options.redisUrl, { maxRetriesPerRequest: 3 });
  redis.on('error', () => {});
  const rows = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
    (await pool.query<Row>(sql, values)).rows;

  const readQueue = async (): Promise<Ledger['queue']> => {
    const queue: Ledger['queue'] = [];
    for (const priority of priorities) {
      const flat = await redis.zrange(`${options.redisPrefix}queue:${priority}`, '0', '-1', 'WITHSCORES');
      for (let index = 0; index < flat.length; index += 2) {
        const score = Number(flat[index + 1]);
        queue.push({ sessionId: String(flat[index]), priority, startMs: score % AWAY_MS, away: score >= AWAY_MS });
      }
    }
    return queue;
  };

  const waiting = () =>
    rows<{ sessionId: string; priority: Priority; requestedAt: number }>(
      `SELECT session_id AS "sessionId", priority, ${MS('requested_at')} AS "requestedAt"
       FROM transfer_queue WHERE is_active ORDER BY id`,
    );

  return {
    read: async (): Promise<Ledger> => ({
      sessions: await rows<RecordedSession>(SESSIONS),
      entries: await rows<RecordedEntry>(ENTRIES),
      agents: await rows(AGENTS),
      waits: await rows<RecordedWait>(WAITS),
      queue: await readQueue(),
    }),
    readQueue,
    waiting,
    /** Whether the queue and the record agree; a look that saw them differ says little by itself. */
    /** How many positions are reserved for an agent of whom nobody knows whether it got the chat. */
    reserved: async (): Promise<number> => {
      const claims = await redis.hvals(`${options.redisPrefix}queue:claims`);
      return claims.filter((claim) => Number.parseInt(claim, 10) > Date.now()).length;
    },
    queueMatchesRecord: async (): Promise<boolean> => {
      // The record before and after: what changed while the queue was read is in neither.
      const before = await waiting();
      const queue = await readQueue();
      const after = await waiting();
      const key = (one: { sessionId: string; priority: string }, at: number) =>
        `${one.sessionId} ${one.priority} ${at}`;
      const [first, last] = [before, after].map((list) => new Set(list.map((one) => key(one, one.requestedAt))));
      const inQueue = new Set(queue.map((one) => key(one, one.startMs)));
      const steady = [...(first ?? [])].filter((one) => last?.has(one));
      return steady.every((one) => inQueue.has(one)) && [...inQueue].every((one) => first?.has(one) || last?.has(one));
    },
    /** Customers whose reply from the bot is pending. */
    pendingReplies: async () =>
      Number(
        (
          await rows<{ count: string }>(
            `SELECT count(*) FROM chat_sessions
             WHERE status = 'bot' AND unanswered_seq IS NOT NULL AND last_customer_at IS NOT NULL`,
          )
        )[0]?.count,
      ),
    /** Sessions assigned to an agent. */
    assignedTo: async (agentId: string) =>
      (await rows("SELECT 1 FROM chat_sessions WHERE status = 'agent' AND assigned_agent = $1", [agentId])).length,
    heads: () => rows<{ id: string; lastSeq: number }>('SELECT id, last_seq AS "lastSeq" FROM chat_sessions'),
    close: async () => {
      redis.disconnect();
      await pool.end();
    },
  };
}
export type LedgerReader = Awaited<ReturnType<typeof openLedger>>;
