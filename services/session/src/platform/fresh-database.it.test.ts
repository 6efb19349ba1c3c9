import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { connectClient, startSession } from '../../test/session-process.ts';

const space = await testSpace();
const db = new pg.Client({ connectionString: space.databaseUrl, application_name: 'fresh-database-test' });
beforeAll(() => db.connect());
afterAll(() => db.end());

/** The rows that sequential scans have read, by table. */
async function rowsScanned(): Promise<Record<string, number>> {
  const { rows } = await db.query<{ table: string; rows: number }>(
    `SELECT relname AS table, seq_tup_read::int AS rows FROM pg_stat_user_tables
    WHERE relname IN ('messages', 'chat_sessions', 'session_analytics', 'transfer_queue')`,
  );
  return Object.fromEntries(rows.map(({ table, rows }) => [table, rows]));
}

it('a plan that was made for empty tables does not scan them when they have grown', async () => {
  const service = await startSession(space);
  const { startChat, waitingChat, customerSays, agentSays, assignedChat, agent } = people(await connectClient(space));
  const holder = await agent('Ann', 100);
  const before = await rowsScanned();
  for (let n = 0; n < 20; n++) {
    const [{ id }, held] = [await startChat(), await assignedChat(holder)];
    await waitingChat();
    for (let m = 0; m < 10; m++) await customerSays(id, `message ${m}`, `id-${m}`);
    await agentSays(held.id, holder, 'hello');
  }
  // Connections report their counts when they end.
  await service.stop();
  expect(await rowsScanned()).toEqual(before);
});
