import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const space = await testSpace();
const db = new pg.Client({ connectionString: space.databaseUrl, application_name: 'schema-test' });
beforeAll(() => db.connect());
afterAll(() => db.end());
beforeEach(() => db.query('TRUNCATE chat_sessions, agents CASCADE'));

/** Inserts a row; columns left out have their defaults. */
async function insert(table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`);
  await db.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`, Object.values(row));
}

/** The name of the constraint or unique index that refuses the row; undefined when none does. */
async function refusalOf(table: string, row: Record<string, unknown>): Promise<string | undefined> {
  try {
    await insert(table, row);
    return undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint !== undefined) return error.constraint;
    throw error;
  }
}

const now = new Date();
const session = (row: Record<string, unknown> = {}) => ({ id: 's', user_id: 'u', last_seq: 9, ...row });
const message = (row: Record<string, unknown> = {}) => ({
  id: `m${Math.random()}`,
  session_id: 's',
  seq: 5,
  content: 'x',
  sender: 'user',
  ...row,
});

describe('the migrations', () => {
  it('create what schema.prisma says', { timeout: 60_000 }, async () => {
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));
    const differences = async (from: string[]) => {
      const args = [cli, 'migrate', 'diff', ...from, '--to-schema', 'prisma/schema.prisma', '--exit-code'];
      const env = { ...process.env, DATABASE_URL: space.databaseUrl };
      return (await promisify(execFile)(process.execPath, args, { cwd, env })).stdout.trim();
    };
    expect(await differences(['--from-config-datasource'])).toBe('No difference detected.');
    expect(await differences(['--from-migrations', 'prisma/migrations'])).toBe('No difference detected.');
  });

  it('are all applied to the test database', async () => {
    const folders = await readdir(new URL('./migrations', import.meta.url), { withFileTypes: true });
    const { rows } = await db.query('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL');
    expect(rows.map((row) => row.migration_name).sort()).toEqual(
      folders
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort(),
    );
  });
});

describe('columns', () => {
  it('of type text in an index or a foreign key are compared byte by byte', async () => {
    const { rows } = await db.query(`
      SELECT DISTINCT c.relname || '.' || a.attname AS name
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations'
        AND a.atttypid = 'text'::regtype AND a.attcollation <> '"C"'::regcollation
        AND (EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey))
          OR EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND a.attnum = ANY (k.conkey) AND k.contype = 'f'))`);
    expect(rows).toEqual([]);
  });

  it('that change with every message are in no index, nor in its condition', async () => {
    const { rows } = await db.query(`
      SELECT DISTINCT i.indrelid::regclass || '.' || a.attname AS name
      FROM pg_index i
      JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = d.refobjsubid
      WHERE i.indrelid::regclass::text IN ('chat_sessions', 'session_analytics', 'agents')
      ORDER BY 1`);
    expect(rows.map((row) => row.name)).toEqual([
      'agents.join_id',
      'agents.status',
      'chat_sessions.assigned_agent',
      'chat_sessions.closed_at',
      // Only of verified customers, and it changes once.
      'chat_sessions.customer_id',
      // Only of waiting sessions, and it never changes.
      'chat_sessions.source',
      'chat_sessions.stand_in_since',
      'chat_sessions.start_id',
      'chat_sessions.status',
      'chat_sessions.unanswered_since',
      'chat_sessions.user_id',
      'chat_sessions.waiting_since',
      'session_analytics.created_at',
      'session_analytics.last_hold_ended_at',
      'session_analytics.rated_at',
    ]);
  });
});

describe('a session', () => {
  const agent = { assigned_agent: 'a', assigned_at: now };
  beforeEach(() => insert('agents', { id: 'a', name: 'Ada' }));

  it.each([
    ['with the bot', { status: 'bot', unanswered_seq: 9, unanswered_since: now }],
    ['with the bot, who is answering', { status: 'bot', turn_worker: 'w', turn_lease_until: now }],
    ['waiting', { status: 'waiting', waiting_since: now }],
    ['with an agent', { status: 'agent', ...agent }],
    ['closed by an agent', { status: 'closed', closed_at: now, assigned_agent: 'a' }],
    ['closed without one', { status: 'closed', closed_at: now }],
    ['remembered in part', { memory: 'so far …', memory_through_seq: 9 }],
  ])('is kept: %s', async (_, row) => {
    expect(await refusalOf('chat_sessions', session(row))).toBeUndefined();
  });

  it.each([
    ['waits without a beginning', 'waiting_since', { status: 'waiting' }],
    ['has a place in the queue but does not wait', 'waiting_since', { status: 'bot', waiting_since: now }],
    ['is assigned to nobody', 'assigned_agent', { status: 'agent', assigned_at: now }],
    ['has an agent while it waits', 'assigned_agent', { status: 'waiting', waiting_since: now, assigned_agent: 'a' }],
    ['has an agent since never', 'assigned_at', { status: 'agent', assigned_agent: 'a' }],
    ['is closed since never', 'closed_at', { status: 'closed' }],
    ['is closed and open', 'closed_at', { status: 'bot', closed_at: now }],
    ['has a pending reply without a time', 'unanswered', { unanswered_seq: 1 }],
    ['has a pending time without a reply', 'unanswered', { unanswered_since: now }],
    [
      'has a reply pending to an entry that does not exist',
      'unanswered',
      { unanswered_seq: 10, unanswered_since: now },
    ],
    [
      "has the bot's reply pending although an agent has it",
      'unanswered',
      { status: 'agent', ...agent, unanswered_seq: 9, unanswered_since: now },
    ],
    ['is being answered without end', 'turn', { turn_worker: 'w' }],
    ['remembers what is not there', 'memory', { memory: 'x', memory_through_seq: 10 }],
    ['has forgotten what it remembers', 'memory', { memory_through_seq: 3 }],
    ['has no epoch', 'numbers', { epoch: 0 }],
    ['has metadata that is no object', 'metadata', { metadata: '[]' }],
  ])('is refused when it %s', async (_, constraint, row) => {
    expect(await refusalOf('chat_sessions', session(row))).toBe(`chat_sessions_${constraint}_check`);
  });

  it('[M2] exists once for each start id of a customer', async () => {
    await insert('chat_sessions', session({ start_id: 'first' }));
    expect(await refusalOf('chat_sessions', session({ id: 't', start_id: 'first' }))).toBe(
      'chat_sessions_user_id_start_id_key',
    );
    expect(await refusalOf('chat_sessions', session({ id: 't', user_id: 'v', start_id: 'first' }))).toBeUndefined();
    expect(await refusalOf('chat_sessions', session({ id: 'w' }))).toBeUndefined();
    expect(await refusalOf('chat_sessions', session({ id: 'x' }))).toBeUndefined();
  });

  it('prevents the deletion of its agent while it is assigned to it', async () => {
    await insert('chat_sessions', session({ status: 'agent', ...agent }));
    await expect(db.query(`DELETE FROM agents WHERE id = 'a'`)).rejects.toMatchObject({
      constraint: 'chat_sessions_assigned_agent_check',
    });
    await db.query(`UPDATE chat_sessions SET status = 'closed', closed_at = now(), assigned_at = null`);
    await db.query(`DELETE FROM agents WHERE id = 'a'`);
    expect((await db.query('SELECT assigned_agent FROM chat_sessions')).rows).toEqual([{ assigned_agent: null }]);
  });

  it('is deleted with all its rows', async () => {
    await insert('chat_sessions', session());
    await insert('messages', message());
    await insert('transfer_queue', { session_id: 's', reason: 'x', requested_by: 'user' });
    await insert('session_analytics', { session_id: 's' });
    await insert('session_notes', { id: 'n', session_id: 's', agent_id: 'a', agent_name: 'Ada', content: 'x' });
    await db.query('DELETE FROM chat_sessions');
    const tables = ['messages', 'transfer_queue', 'session_analytics', 'session_notes'];
    for (const table of tables) expect((await db.query(`SELECT * FROM ${table}`)).rows).toEqual([]);
  });
});

describe('an entry of the log', () => {
  beforeEach(async () => {
    await insert('chat_sessions', session());
    await insert('chat_sessions', session({ id: 't' }));
  });

  it('[M3] has a number that no other of its session has', async () => {
    await insert('messages', message());
    expect(await refusalOf('messages', message())).toBe('messages_session_id_seq_key');
    expect(await refusalOf('messages', message({ session_id: 't' }))).toBeUndefined();
  });

  it('[M2] has an id of its sender that no other of this sender has in the session', async () => {
    await insert('messages', message({ client_message_id: 'mine' }));
    const repeat = { seq: 6, client_message_id: 'mine' };
    expect(await refusalOf('messages', message(repeat))).toBe('messages_session_id_sender_client_message_id_key');
    expect(await refusalOf('messages', message({ ...repeat, sender: 'bot' }))).toBeUndefined();
    expect(await refusalOf('messages', message({ ...repeat, session_id: 't' }))).toBeUndefined();
  });

  it('[A2] answers what no other answer of the bot answers', async () => {
    const answer = (seq: number, row = {}) => message({ seq, sender: 'bot', in_reply_to: 2, ...row });
    await insert('messages', answer(5));
    expect(await refusalOf('messages', answer(6))).toBe('messages_session_id_in_reply_to_key');
    expect(await refusalOf('messages', answer(6, { sender: 'agent' }))).toBeUndefined();
    expect(await refusalOf('messages', answer(7, { in_reply_to: 3 }))).toBeUndefined();
  });

  it.each([
    ['has the number 0', 'seq', { seq: 0 }],
    ['is an event that changes nothing', 'change', { kind: 'event' }],
    ['is a message that changes something', 'change', { change: '{}' }],
    ['answers itself', 'in_reply_to', { in_reply_to: 5 }],
    ['answers the number 0', 'in_reply_to', { in_reply_to: 0 }],
    ['has metadata that is no object', 'metadata', { metadata: '"x"' }],
  ])('is refused when it %s', async (_, constraint, row) => {
    expect(await refusalOf('messages', message(row))).toBe(`messages_${constraint}_check`);
  });
});

describe('the rest', () => {
  beforeEach(() => insert('chat_sessions', session()));
  const wait = { session_id: 's', reason: 'x', requested_by: 'user' };
  const ended = { is_active: false, processed_at: now, outcome: 'agent_assigned' };

  it('lets a session wait once at a time', async () => {
    await insert('transfer_queue', { ...wait, ...ended });
    await insert('transfer_queue', wait);
    expect(await refusalOf('transfer_queue', wait)).toBe('transfer_queue_session_id_active_key');
    expect(await refusalOf('transfer_queue', { ...wait, ...ended })).toBeUndefined();
  });

  it('serves high before normal before low', async () => {
    await db.query(`
      INSERT INTO transfer_queue (session_id, reason, requested_by, priority, is_active, processed_at)
      SELECT 's', 'x', 'user', p::priority, false, now() FROM unnest(ARRAY['low', 'high', 'normal']) p`);
    const { rows } = await db.query('SELECT priority FROM transfer_queue ORDER BY priority');
    expect(rows.map((row) => row.priority)).toEqual(['high', 'normal', 'low']);
  });

  it.each([
    ['transfer_queue', 'processed', { ...wait, is_active: false }],
    ['transfer_queue', 'processed', { ...wait, processed_at: now }],
    ['transfer_queue', 'processed', { ...wait, outcome: 'agent_assigned' }],
    ['transfer_queue', 'position', { ...wait, position: 0 }],
    ['agents', 'active', { id: 'b', name: 'Bea', active: -1 }],
    ['agents', 'capacity', { id: 'b', name: 'Bea', capacity: 0 }],
    ['session_analytics', 'rating', { session_id: 's', rating: 6, rated_at: now }],
    ['session_analytics', 'rated_at', { session_id: 's', rating: 5 }],
    ['session_analytics', 'rated_at', { session_id: 's', rating_comment: 'x' }],
    ['session_analytics', 'counts', { session_id: 's', user_messages: 2, total_messages: 1 }],
    ['session_analytics', 'times', { session_id: 's', waiting_time: -1 }],
  ])('refuses in %s what breaks %s', async (table, constraint, row) => {
    expect(await refusalOf(table, row)).toBe(`${table}_${constraint}_check`);
  });

  it('lets an agent have more sessions than its capacity, which may have been lowered', async () => {
    expect(await refusalOf('agents', { id: 'b', name: 'Bea', capacity: 1, active: 3 })).toBeUndefined();
  });
});

describe('a budget', () => {
  const taken = { scope: 'address', key: 'a', day: '2026-03-02', full_at: now };

  it('is unique by scope and key, and never negative', async () => {
    await db.query('TRUNCATE model_budgets');
    await insert('model_budgets', taken);
    expect(await refusalOf('model_budgets', taken)).toBe('model_budgets_pkey');
    for (const row of [{ calls: -1 }, { tokens: -1 }])
      expect(await refusalOf('model_budgets', { ...taken, key: 'b', ...row })).toBe('model_budgets_counts_check');
  });
});
