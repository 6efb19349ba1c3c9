import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { checkBackup, restoreBackup, writeBackup } from '@baton/local/backup';
import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { afterEach, beforeAll, expect, it } from 'vitest';

const source = await testSpace();
const target = await testSpace();
const file = join(tmpdir(), `baton-backup-${process.pid}.sql.gz`);
const other = `${file}.other`;
/** What COPY must escape, and what looks like the end of its data. */
const AWKWARD = ['\\.', 'a\tb\\c\nd\r', '\n\\.\n', '"q", \'s\'; -- x', '⏳ é', '\\N'];

async function query<T extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query<T>(sql, values).then(
    ({ rows }) => client.end().then(() => rows),
    (error: unknown) => client.end().then(() => Promise.reject(error)),
  );
}

const everything = (url: string) =>
  query(
    url,
    `SELECT (SELECT jsonb_agg(s ORDER BY s.id) FROM chat_sessions s) AS sessions,
      (SELECT jsonb_agg(m ORDER BY m.id) FROM messages m) AS messages,
      (SELECT jsonb_agg(t ORDER BY t.id) FROM transfer_queue t) AS waits,
      (SELECT jsonb_agg(p ORDER BY p.id) FROM _prisma_migrations p) AS migrations`,
  );

beforeAll(async () => {
  const url = source.databaseUrl;
  await query(
    url,
    `INSERT INTO chat_sessions (id, user_id, last_seq, bot_context) VALUES ('s', 'ada', $1, '{"a": "\\\\."}')`,
    [AWKWARD.length],
  );
  for (const [index, text] of AWKWARD.entries()) {
    await query(url, `INSERT INTO messages (id, session_id, seq, content, sender) VALUES ($1, 's', $2, $3, 'user')`, [
      `m${index}`,
      index + 1,
      text,
    ]);
  }
  // Has counted, and kept nothing of it.
  await query(url, `SELECT nextval('transfer_queue_id_seq') FROM generate_series(1, 7)`);
  await rm(file, { force: true });
  await writeBackup(url, file);
  return () => rm(file, { force: true });
});
afterEach(async () => {
  await rm(other, { force: true });
  await query(target.databaseUrl, 'TRUNCATE chat_sessions CASCADE');
});

const restore = (from = file, replace = false) => restoreBackup(target.databaseUrl, from, { replace });

it('brings back every table as it was, also text that looks like the end of a table', async () => {
  const { end } = await restore();
  expect(end.tables).toMatchObject({ chat_sessions: { rows: 1 }, messages: { rows: AWKWARD.length } });
  expect(await everything(target.databaseUrl)).toEqual(await everything(source.databaseUrl));
  const texts = await query<{ content: string }>(target.databaseUrl, 'SELECT content FROM messages ORDER BY seq');
  expect(texts.map(({ content }) => content)).toEqual(AWKWARD);
});

it('goes on counting where the backup stood', async () => {
  await restore();
  const next = `INSERT INTO transfer_queue (session_id, reason, requested_by) VALUES ('s', 'x', 'user') RETURNING id`;
  const [made] = await query<{ id: number }>(source.databaseUrl, next);
  expect(made?.id).toBe(8);
  expect(await query(target.databaseUrl, next)).toEqual([made]);
});

it('is of one moment, whatever is written while it is made', async () => {
  const url = source.databaseUrl;
  // So many that a table takes a while: what is written meanwhile is seen by a later statement of its own.
  await query(
    url,
    `INSERT INTO chat_sessions (id, user_id, metadata)
     SELECT 'many' || n, 'many', jsonb_build_object('filler', repeat('x', 500)) FROM generate_series(1, 20000) n`,
  );
  await query(url, `INSERT INTO chat_sessions (id, user_id) VALUES ('busy', 'bob')`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let written = 0;
  const over = new AbortController();
  const writing = (async () => {
    while (!over.signal.aborted) {
      written += 1;
      await client.query(
        `WITH session AS (UPDATE chat_sessions SET last_seq = last_seq + 1 WHERE id = 'busy' RETURNING last_seq)
         INSERT INTO messages (id, session_id, seq, content, sender)
         SELECT 'busy' || last_seq, 'busy', last_seq, 'x', 'user' FROM session`,
      );
    }
  })();
  await writeBackup(url, other);
  over.abort();
  await writing;
  await client.end();
  expect(written).toBeGreaterThan(20);
  await restore(other);
  const busy = `SELECT last_seq, (SELECT count(*)::int FROM messages WHERE session_id = 'busy') AS entries
    FROM chat_sessions WHERE id = 'busy'`;
  const [kept] = await query<{ last_seq: number; entries: number }>(target.databaseUrl, busy);
  expect(kept?.entries).toBe(kept?.last_seq);
  await query(url, `DELETE FROM chat_sessions WHERE user_id IN ('many', 'bob')`);
});

it('deletes nothing unless told, and then all of it', async () => {
  await query(target.databaseUrl, `INSERT INTO chat_sessions (id, user_id) VALUES ('mine', 'bob')`);
  await expect(restore()).rejects.toThrow('The database is not empty: chat_sessions has rows.');
  expect(await query(target.databaseUrl, 'SELECT id FROM chat_sessions')).toEqual([{ id: 'mine' }]);
  await restore(file, true);
  expect(await query(target.databaseUrl, 'SELECT id FROM chat_sessions')).toEqual([{ id: 's' }]);
});

it('leaves the database unchanged when the backup is not whole', async () => {
  await query(target.databaseUrl, `INSERT INTO chat_sessions (id, user_id) VALUES ('mine', 'bob')`);
  const whole = await readFile(file);
  const text = gunzipSync(whole).toString();
  const damaged: [Buffer, RegExp][] = [
    [whole.subarray(0, whole.length - 40), /is damaged, cut off/],
    [gzipSync(text.replace('\tada\t', '\teve\t')), /the table chat_sessions is not what was written/],
    [gzipSync(text.slice(0, text.indexOf('-- End of'))), /ends too early/],
    [gzipSync(text.slice(0, text.indexOf('\tada\t'))), /ends within a table/],
    [gzipSync('hello\n'), /is not a backup of Baton/],
    [Buffer.from('hello'), /not a backup of Baton/],
  ];
  for (const [content, reason] of damaged) {
    await writeFile(other, content);
    await expect(checkBackup(other)).rejects.toThrow(reason);
    await expect(restore(other, true)).rejects.toThrow(reason);
  }
  expect(await query(target.databaseUrl, 'SELECT id FROM chat_sessions')).toEqual([{ id: 'mine' }]);
});

it('refuses what a newer release made, and a database that is in use', async () => {
  const text = gunzipSync(await readFile(file)).toString();
  await writeFile(other, gzipSync(text.replace(/"name":"(\d+)_init"/, '"name":"29990101000000_later"')));
  await expect(restore(other)).rejects.toThrow('the migration 29990101000000_later, which this clone does not have');

  const user = new pg.Client({ connectionString: target.databaseUrl, application_name: 'session-1' });
  await user.connect();
  await expect(restore()).rejects.toThrow('The database is in use (session-1)');
  await user.end();
});

it('does not write over a file, and says when there is nothing to save', async () => {
  await expect(writeBackup(source.databaseUrl, file)).rejects.toThrow('exists already');
  const empty = new URL(source.databaseUrl);
  empty.pathname = '/postgres';
  await expect(writeBackup(empty.toString(), other)).rejects.toThrow('there is nothing to back up');
});
