import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, customerSays, botSays, serviceSays, assignedChat, agent, log } = people(client);

async function firstResponseOf(sessionId: string): Promise<number | null> {
  const database = new pg.Client(space.databaseUrl);
  await database.connect();
  try {
    const sql = 'SELECT first_response_time AS ms FROM session_analytics WHERE session_id = $1';
    const { rows } = await database.query<{ ms: number | null }>(sql, [sessionId]);
    return rows[0]?.ms ?? null;
  } finally {
    await database.end();
  }
}

describe('a system message', () => {
  it('[M3] is a numbered entry of the log, stored once when repeated', async () => {
    const { id } = await startChat();
    await customerSays(id, 'Where is it?');
    const said = accepted(await serviceSays(id, 'Order 4711 was sent.', { clientMessageId: 'a' })).results[0];
    expect(said).toMatchObject({ ok: true, value: { entry: { seq: 3, sender: 'system', kind: 'message' } } });
    const again = accepted(await serviceSays(id, 'Order 4711 was sent.', { clientMessageId: 'a' })).results[0];
    expect(again).toEqual({ ok: true, value: { ...(said?.ok && said.value), repeated: true } });
    expect((await log(id)).map(({ kind, sender }) => [kind, sender])).toEqual([
      ['event', 'system'],
      ['message', 'user'],
      ['message', 'system'],
    ]);
    const counts = accepted(await session.countEntries({ sessionId: id }));
    expect(counts).toEqual({ total: 3, messages: 2, user: 1, bot: 0, agent: 0, system: 1 });
  });

  it('[C2] is fenced by its epoch, if any, and refused when the session is closed', async () => {
    const { id, epoch } = await assignedChat(await agent());
    expect((await serviceSays(id, 'in time', { epoch })).ok).toBe(true);
    expect(refusal(await serviceSays(id, 'late', { epoch: epoch - 1 }))).toBe('STALE_EPOCH');
    accepted(await session.close({ sessionId: id }));
    expect(refusal(await serviceSays(id, 'too late'))).toBe('SESSION_CLOSED');
  });

  it('[A1] answers nothing: the reply stays pending, also after a wait', async () => {
    const { id } = await startChat();
    await botSays(id, 1, 'Hello!', 1);
    await customerSays(id, 'Where is it?');
    await serviceSays(id, 'The carrier is on strike.');
    const pendingReply = async () =>
      accepted(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 1_000 })).unansweredSeq;
    expect(await pendingReply()).toBe(3);
    accepted(await session.transfer({ sessionId: id, reason: 'help' }));
    await serviceSays(id, 'Nobody is there.');
    accepted(await session.cancelTransfer({ sessionId: id, cause: 'nobody_available' }));
    expect(await pendingReply()).toBe(3);
  });

  it('is no first response in the statistics', async () => {
    const { id } = await startChat();
    await customerSays(id, 'Where is it?');
    await serviceSays(id, 'The carrier is on strike.');
    expect(await firstResponseOf(id)).toBeNull();
    await botSays(id, 1, 'It is on its way.', 2);
    expect(await firstResponseOf(id)).toBeGreaterThanOrEqual(0);
  });
});
