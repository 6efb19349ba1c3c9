import { testSpace, until } from '@baton/testkit';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';
import { somebodyWaitsForALock } from '../../test/waits-for-lock.ts';

const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, waitingChat, agent, assignedChat, log } = people(client);
type AppendAuthor = Parameters<typeof session.append>[0]['author'];

/** Changes a row like another instance. Statements of `meanwhile` wait for its lock, and go on when it is committed. */
async function whileChanged<Result>(sql: string, values: unknown[], meanwhile: () => Promise<Result>): Promise<Result> {
  const other = new pg.Client({ connectionString: space.databaseUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query(sql, values);
    const begun = meanwhile();
    await until(() => somebodyWaitsForALock(other));
    await other.query('COMMIT');
    return await begun;
  } finally {
    await other.end();
  }
}

/** One message uses the statement for one; several use the one for many. */
const say = (sessionId: string, author: AppendAuthor, count: number) =>
  session.append({ sessionId, author, messages: Array.from({ length: count }, () => ({ content: 'still there?' })) });
const customer: AppendAuthor = { type: 'customer' };

// Postgres checks constraints on the row version of a statement's snapshot before it finds the newest one.
describe.each([1, 2])('of %i messages', (count) => {
  it('[M1] all are stored although the session went back to the bot while they waited for the lock', async () => {
    const { id } = await waitingChat();
    const back = `UPDATE chat_sessions SET status = 'bot', waiting_since = NULL, epoch = epoch + 1 WHERE id = $1`;
    const reply = await whileChanged(back, [id], () => say(id, customer, count));
    expect(accepted(reply).results.map(({ ok }) => ok)).toEqual(Array(count).fill(true));
    const { sessions } = accepted(await session.listUnanswered({ olderThanMs: 0 }));
    expect(sessions.map(({ sessionId }) => sessionId)).toContain(id);
  });

  it('all are stored although the session left the bot while they waited for the lock', async () => {
    const { id } = await startChat();
    const away = `UPDATE chat_sessions SET status = 'waiting', waiting_since = now(), epoch = epoch + 1,
      unanswered_seq = NULL, unanswered_since = NULL WHERE id = $1`;
    const reply = await whileChanged(away, [id], () => say(id, customer, count));
    expect(accepted(reply).results.map(({ ok }) => ok)).toEqual(Array(count).fill(true));
  });

  it.each([
    ['the chat was closed', `status = 'closed', closed_at = now(), assigned_at = NULL`, 'SESSION_CLOSED'],
    [
      'it was transferred back',
      `status = 'waiting', waiting_since = now(), assigned_agent = NULL, assigned_at = NULL`,
      'NOT_ASSIGNED',
    ],
    ['it changed hands and came back', 'epoch = epoch + 2', 'STALE_EPOCH'],
  ])('[C2] none of an agent is stored when %s while they waited', async (_what, change, code) => {
    const agentId = await agent();
    const { id, epoch } = await assignedChat(agentId);
    const before = (await log(id)).length;
    const reply = await whileChanged(`UPDATE chat_sessions SET ${change} WHERE id = $1`, [id], () =>
      say(id, { type: 'agent', agentId, epoch }, count),
    );
    expect(refusal(reply)).toBe(code);
    expect(await log(id)).toHaveLength(before);
  });
});

it('[C4] an agent who was assigned another session meanwhile can transfer this one back', async () => {
  const agentId = await agent();
  const { id } = await assignedChat(agentId);
  // In the statement's snapshot it has no session; in the newest row it has one.
  const database = new pg.Client({ connectionString: space.databaseUrl });
  await database.connect();
  await database.query('UPDATE agents SET active = 0 WHERE id = $1', [agentId]);
  await database.end();
  const reply = await whileChanged('UPDATE agents SET active = 1 WHERE id = $1', [agentId], () =>
    session.release({ sessionId: id, agentId, to: { type: 'queue' }, reason: 'a test' }),
  );
  expect(accepted(reply).session.status).toBe('waiting');
});
