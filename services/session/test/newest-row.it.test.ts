import { testSpace, until } from '@baton/testkit';
import pg from 'pg';
import { expect, it } from 'vitest';
import { people } from './people.ts';
import { accepted, connectClient, startSession } from './session-process.ts';

const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, waitingChat, agent, heldChat, customerSays } = people(client);

/** Changes a row as another instance does; what `meanwhile` begins waits for it, and goes on when it is committed. */
async function whileChanged<Result>(sql: string, values: unknown[], meanwhile: () => Promise<Result>): Promise<Result> {
  const other = new pg.Client({ connectionString: space.databaseUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query(sql, values);
    const begun = meanwhile();
    const locked = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    await until(async () => (await other.query(locked)).rowCount);
    await other.query('COMMIT');
    return await begun;
  } finally {
    await other.end();
  }
}

// Postgres checks the constraints of a row on the version that a statement began with, before it looks for the newest.
it('[M1] a message is stored though the chat came back to the bot while it waited', async () => {
  const { id } = await waitingChat();
  const back = `UPDATE chat_sessions SET status = 'bot', waiting_since = NULL, epoch = epoch + 1 WHERE id = $1`;
  const reply = await whileChanged(back, [id], () => customerSays(id, 'still there?'));
  expect(accepted(reply).results).toMatchObject([{ ok: true }]);
  expect(
    accepted(await session.listUnanswered({ olderThanMs: 0 })).sessions.map(({ sessionId }) => sessionId),
  ).toContain(id);
});

it('a message is stored though the chat left the bot while it waited', async () => {
  const { id } = await startChat();
  const away = `UPDATE chat_sessions SET status = 'waiting', waiting_since = now(), epoch = epoch + 1,
    unanswered_seq = NULL, unanswered_since = NULL WHERE id = $1`;
  const reply = await whileChanged(away, [id], () => customerSays(id, 'hello?'));
  expect(accepted(reply).results).toMatchObject([{ ok: true }]);
});

it('[C4] an agent who got another chat meanwhile can give this one back', async () => {
  const agentId = await agent();
  const { id } = await heldChat(agentId);
  // As if it held none when the statement begins, and one when it goes on.
  const database = new pg.Client({ connectionString: space.databaseUrl });
  await database.connect();
  await database.query('UPDATE agents SET active = 0 WHERE id = $1', [agentId]);
  await database.end();
  const reply = await whileChanged('UPDATE agents SET active = 1 WHERE id = $1', [agentId], () =>
    session.release({ sessionId: id, agentId, to: { type: 'queue' }, reason: 'a test' }),
  );
  expect(accepted(reply).session.status).toBe('waiting');
});
