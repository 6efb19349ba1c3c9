import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, customerSays, botSays, serviceSays, agentSays, assignedChat, agent, log } = people(client);

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

it('[M1] [M2] [S2] characters that cannot be stored are removed, and nothing is refused for them', async () => {
  const half = '\ud83d';
  const { id } = await startChat();
  accepted(await customerSays(id, `cut in an emoji ${half}`, 'cut'));
  const again = accepted(await customerSays(id, `cut in an emoji ${half}`, 'cut')).results[0];
  expect(again).toMatchObject({ ok: true, value: { repeated: true } });
  accepted(await customerSays(id, 'pasted\u0000 from elsewhere'));
  expect((await log(id)).flatMap((entry) => (entry.kind === 'message' ? [entry.content] : []))).toEqual([
    'cut in an emoji ',
    'pasted from elsewhere',
  ]);
  const metadata = { title: `Sale ${half}`, page: { 'a\u0000': ['b\u0000'] } };
  const created = accepted(await session.create({ userId: 'ada', metadata, botContext: `helpful ${half}` }));
  expect(created.session).toMatchObject({
    metadata: { title: 'Sale ', page: { a: ['b'] } },
    botContext: 'helpful ',
  });
});

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

describe('the default', () => {
  it('cause of a handoff is the bot', async () => {
    const { id } = await startChat();
    const { session: after, wait } = accepted(await session.transfer({ sessionId: id, reason: 'r', priority: 'low' }));
    expect(after.status).toBe('waiting');
    expect(wait).toMatchObject({ reason: 'r', priority: 'low', metadata: {} });
    expect((await log(id)).at(-1)).toMatchObject({ change: { cause: 'bot_transferred', by: 'bot' } });
  });

  it('author of a close is a supervisor', async () => {
    const { id } = await startChat();
    expect(accepted(await session.close({ sessionId: id })).session.status).toBe('closed');
    expect((await log(id)).at(-1)).toMatchObject({ change: { cause: 'operator_closed', by: 'system' } });
  });
});

describe('metadata', () => {
  const metadata = { customerTier: 'premium', nested: { list: [1, null] } };

  it('of a wait is stored, returned with the claim, and kept by the next wait', async () => {
    const { id } = await startChat();
    const asked = { sessionId: id, reason: 'r', priority: 'high', metadata } as const;
    expect(accepted(await session.transfer(asked)).wait.metadata).toEqual(metadata);
    expect(accepted(await session.transfer({ ...asked, metadata: {} }))).toMatchObject({
      repeated: true,
      wait: { metadata },
    });
    const { waiting } = accepted(await session.listWaiting({}));
    expect(waiting.find(({ sessionId }) => sessionId === id)).toMatchObject({ metadata });
    const agentId = await agent();
    const wait = { sessionId: id, reason: 'r', priority: 'high', metadata };
    expect(accepted(await session.assign({ sessionId: id, agentId }))).toMatchObject({ repeated: false, wait });
    expect(accepted(await session.assign({ sessionId: id, agentId }))).toMatchObject({ repeated: true, wait });
    accepted(await session.release({ sessionId: id, agentId, to: { type: 'queue' }, reason: 'lunch' }));
    expect(accepted(await session.get({ sessionId: id })).wait).toMatchObject({ priority: 'high', metadata });
    accepted(await session.close({ sessionId: id }));
  });

  it('of an agent is stored, returned, and replaced as a whole', async () => {
    const created = accepted(await session.createAgent({ name: 'Ann', socketId: 's', metadata })).agent;
    expect(created.metadata).toEqual(metadata);
    expect(accepted(await session.getAgent({ agentId: created.id })).agent).toEqual(created);
    const { agents } = accepted(await session.listAgents({ limit: 1_000 }));
    expect(agents.find(({ id }) => id === created.id)).toEqual(created);
    const updated = accepted(await session.updateAgent({ agentId: created.id, metadata: { team: 'b' } })).agent;
    expect(updated).toMatchObject({ metadata: { team: 'b' }, name: 'Ann', socketId: 's' });
    // The agent's record that is published with an assignment has it, too.
    await assignedChat(created.id);
    expect(accepted(await session.getAgent({ agentId: created.id })).agent).toMatchObject({
      active: 1,
      metadata: { team: 'b' },
    });
    expect(accepted(await session.createAgent({ name: 'Bob' })).agent.metadata).toEqual({});
  });

  it('of many agents exceeds one page: the reader continues with the next', async () => {
    const heavy = { note: 'x'.repeat(16_000) };
    const made = await Promise.all(
      Array.from({ length: 45 }, (_, n) => session.createAgent({ name: `Heavy ${n}`, metadata: heavy })),
    );
    const found: string[] = [];
    for (let more = true, afterId: string | undefined; more; afterId = found.at(-1)) {
      const page = accepted(await session.listAgents({ available: false, ...(afterId !== undefined && { afterId }) }));
      found.push(...page.agents.map(({ id }) => id));
      more = page.hasMore;
    }
    expect(found).toEqual(expect.arrayContaining(made.map((reply) => accepted(reply).agent.id)));
    for (const reply of made) accepted(await session.removeAgent({ agentId: accepted(reply).agent.id }));
  });
});

it('the next session goes to the agent with the lowest relative load; to nobody at full capacity', async () => {
  const { agents } = accepted(await session.listAgents({}));
  for (const { id } of agents) accepted(await session.updateAgent({ agentId: id, status: 'busy' }));
  const available = async () => accepted(await session.availableAgent({})).agent;
  expect(await available()).toBeNull();
  const [small, large] = [await agent('Small', 1), await agent('Large', 4)];
  await assignedChat(large);
  expect((await available())?.id).toBe(small);
  await assignedChat(small);
  expect(await available()).toMatchObject({ id: large, active: 1 });
  // Two of sixteen is a lower load than one of four.
  const wide = await agent('Wide', 16);
  for (let n = 0; n < 2; n++) await assignedChat(wide);
  expect((await available())?.id).toBe(wide);
  accepted(await session.updateAgent({ agentId: wide, status: 'busy' }));
  await agentSays((await assignedChat(large)).id, large, 'hello');
  for (let n = 0; n < 2; n++) await assignedChat(large);
  expect(await available()).toBeNull();
});
