import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreBackup, writeBackup } from '@baton/local/backup';
import { startSystem, testSpace, until } from '@baton/testkit';
import pg from 'pg';
import { expect, it } from 'vitest';
import { bareClient } from '../clients/bare-client.ts';

const system = await startSystem();
const fresh = await testSpace();
const [door = ''] = system.urls;

const folder = join(tmpdir(), `baton-drill-${process.pid}`);

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Every table, every row. */
const contents = (url: string) =>
  onDatabase(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const found: Record<string, unknown[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query(`SELECT to_jsonb(t) AS row FROM "${name}" t ORDER BY to_jsonb(t)::text`);
      found[name] = rows.map(({ row }) => row);
    }
    return found;
  });

it('backs up a running system at one moment, and brings back every table', async () => {
  const customers = Array.from({ length: 5 }, () => bareClient(door));
  const busy = new AbortController();
  let sent = 0;
  const talk = async (customer: ReturnType<typeof bareClient>, index: number) => {
    customer.emit('customer:start_chat', { userId: `drill-${index}` });
    const { sessionId } = await customer.until('session:created');
    for (let n = 0; !busy.signal.aborted; n++) {
      await customer.ask('customer:send_message', { sessionId, content: `line ${n} of ${index}\n\\.\n` });
      sent += 1;
    }
  };
  const talking = Promise.all(customers.map(talk));
  await until(() => sent > 20);

  await writeBackup(system.space.databaseUrl, join(folder, 'busy.sql.gz'));
  const during = sent;
  await until(() => sent > during);
  busy.abort();
  await talking;
  for (const customer of customers) customer.close();
  await system.stop();

  await restoreBackup(fresh.databaseUrl, join(folder, 'busy.sql.gz'), { replace: false });
  // Of one moment: no log has a hole, and none is shorter than its session says.
  await onDatabase(fresh.databaseUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT s.id, s.last_seq, count(m.id)::int AS entries, max(m.seq) AS newest
       FROM chat_sessions s JOIN messages m ON m.session_id = s.id GROUP BY s.id`,
    );
    expect(rows).toHaveLength(customers.length);
    for (const row of rows) expect(row).toMatchObject({ entries: row.last_seq, newest: row.last_seq });
  });

  await writeBackup(system.space.databaseUrl, join(folder, 'still.sql.gz'));
  await restoreBackup(fresh.databaseUrl, join(folder, 'still.sql.gz'), { replace: true });
  const restored = await contents(fresh.databaseUrl);
  expect(Object.keys(restored)).toContain('session_analytics');
  expect(restored.messages?.length).toBeGreaterThan(sent);
  expect(restored).toEqual(await contents(system.space.databaseUrl));
  await rm(folder, { recursive: true });
});
