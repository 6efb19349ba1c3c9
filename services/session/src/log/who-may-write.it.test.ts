import { randomUUID } from 'node:crypto';
import { testSpace } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space);
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, customerSays, agentSays, botSays, assignedChat, agent, log } = people(client);

/** The only result of an append of one message. */
const resultOf = (reply: Awaited<ReturnType<typeof session.append>>) => {
  const [result, ...others] = accepted(reply).results;
  if (result === undefined || others.length > 0) throw new Error('not one result');
  return result;
};

describe('who may write', () => {
  it('[S1] nobody, into a session that does not exist', async () => {
    const nowhere = randomUUID();
    expect(refusal(await customerSays(nowhere, 'hello'))).toBe('NOT_FOUND');
    expect(refusal(await session.get({ sessionId: nowhere }))).toBe('NOT_FOUND');
    expect(refusal(await session.listEntries({ sessionId: nowhere }))).toBe('NOT_FOUND');
    expect(refusal(await session.countEntries({ sessionId: nowhere }))).toBe('NOT_FOUND');
    expect(refusal(await session.getWithEntries({ sessionId: nowhere }))).toBe('NOT_FOUND');
    expect(accepted(await session.getMany({ sessionIds: [nowhere] }))).toEqual({ sessions: [] });
    expect(accepted(await session.heads({ sessionIds: [nowhere] }))).toEqual({ heads: [] });
  });

  it('[S2] nobody, a message that does not fit its schema', async () => {
    const { id } = await startChat();
    const wrong = await session.append({
      sessionId: id,
      author: { type: 'customer' },
      messages: [{ content: 'fine' }, { content: '   ' }],
    });
    expect(wrong).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'messages.1.content' });
    const large = await session.append({
      sessionId: id,
      author: { type: 'customer' },
      messages: [{ content: 'fine', metadata: { a: 'x'.repeat(20_000) } }],
    });
    expect(large).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    const author = { type: 'customer' } as const;
    const answering = [{ content: 'fine', inReplyTo: 1 }];
    expect(await session.append({ sessionId: id, author, messages: answering })).toMatchObject({
      code: 'VALIDATION_FAILED',
      field: 'messages.0.inReplyTo',
    });
    expect(await log(id)).toHaveLength(1);
  });

  it('[C2] an agent only while the session is assigned to it', async () => {
    const [holder, other] = [await agent('Ann'), await agent('Bob')];
    const { id, epoch } = await assignedChat(holder);
    expect(refusal(await agentSays(id, other, 'hello'))).toBe('NOT_ASSIGNED');
    expect(refusal(await agentSays(id, holder, 'hello', epoch - 1))).toBe('STALE_EPOCH');
    expect(resultOf(await agentSays(id, holder, 'hello', epoch))).toMatchObject({
      ok: true,
      value: { entry: { sender: 'agent', senderId: holder, senderName: 'Ann' } },
    });
    accepted(
      await session.release({ sessionId: id, agentId: holder, to: { type: 'agent', agentId: other }, reason: 'x' }),
    );
    expect(refusal(await agentSays(id, holder, 'still me'))).toBe('NOT_ASSIGNED');
    expect((await agentSays(id, other, 'now me')).ok).toBe(true);
  });

  it('[C2] the bot only while it has control, with the current epoch', async () => {
    // Without an agent online the bot stands in for waiting sessions.
    await agent();
    const { id } = await startChat();
    expect(refusal(await botSays(id, 2, 'hello'))).toBe('STALE_EPOCH');
    accepted(await session.transfer({ sessionId: id, cause: 'customer_requested', reason: 'a human' }));
    expect(refusal(await botSays(id, 1, 'hello'))).toBe('STALE_EPOCH');
    expect(refusal(await botSays(id, 2, 'hello'))).toBe('STALE_EPOCH');
    accepted(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' }));
    expect(refusal(await botSays(id, 1, 'hello'))).toBe('STALE_EPOCH');
    expect((await botSays(id, 3, 'hello')).ok).toBe(true);
  });

  it('the customer in every open state, and nobody once the session is closed', async () => {
    const holder = await agent();
    const { id } = await startChat();
    expect((await customerSays(id, 'to the bot')).ok).toBe(true);
    accepted(await session.transfer({ sessionId: id, cause: 'customer_requested', reason: 'a human' }));
    expect((await customerSays(id, 'while waiting')).ok).toBe(true);
    accepted(await session.assign({ sessionId: id, agentId: holder }));
    expect((await customerSays(id, 'to the agent')).ok).toBe(true);
    accepted(await session.close({ sessionId: id, by: 'agent', agentId: holder }));
    expect(refusal(await customerSays(id, 'too late'))).toBe('SESSION_CLOSED');
    expect(refusal(await agentSays(id, holder, 'too late'))).toBe('SESSION_CLOSED');
    expect(refusal(await botSays(id, 4, 'too late'))).toBe('SESSION_CLOSED');
  });
});

describe('starting a session', () => {
  it('[M2] twice with one id creates one session', async () => {
    const start = { userId: 'u', startId: randomUUID(), metadata: { b: 1, a: [1, 2] }, botContext: { x: null } };
    const replies = await Promise.all(Array.from({ length: 8 }, () => session.create(start)));
    const started = replies.map(accepted);
    expect(new Set(started.map(({ session }) => session.id)).size).toBe(1);
    expect(started.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(refusal(await session.create({ ...start, metadata: {} }))).toBe('ID_REUSED');
    expect((await session.create({ ...start, userId: 'another', metadata: {} })).ok).toBe(true);
  });

  it.each([
    ['a text', 'You are a helpful "support" bot.\nBe kind.'],
    ['an empty text', ''],
    ['a text that looks like JSON', '{"a": 1}'],
    ['the word null', 'null'],
    ['an object', { page: '/orders', nested: [1, null] }],
  ])('keeps a botContext that is %s, and gives it back as it came', async (_, botContext) => {
    const start = { userId: 'u', startId: randomUUID(), botContext };
    const started = accepted(await session.create(start)).session;
    expect(started.botContext).toEqual(botContext);
    expect(accepted(await session.get({ sessionId: started.id })).session.botContext).toEqual(botContext);
    expect(accepted(await session.create(start))).toMatchObject({ repeated: true, session: { id: started.id } });
    expect(refusal(await session.create({ ...start, botContext: 'another' }))).toBe('ID_REUSED');
  });

  it('[S2] refuses a botContext that is neither, and names the field', async () => {
    const reply = await session.create({ userId: 'u', botContext: 42 as unknown as string });
    expect(reply).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'botContext' });
  });

  it('[C3] begins its log with the bot in control and a greeting pending', async () => {
    const chat = await startChat();
    expect(chat).toMatchObject({ status: 'bot', epoch: 1, lastSeq: 1, assignedAgent: null });
    expect(await log(chat.id)).toMatchObject([
      { seq: 1, kind: 'event', sender: 'system', change: { from: null, to: 'bot', cause: 'started', epoch: 1 } },
    ]);
    const turn = accepted(await session.beginTurn({ sessionId: chat.id, worker: 'w', leaseMs: 1_000 }));
    expect(turn).toMatchObject({ unansweredSeq: 1, memory: null });
  });
});
