import { randomUUID } from 'node:crypto';
import { channels, type SessionStatus, sessionStatus, transitions } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { whileAnotherWrites } from '../../test/another-writer.ts';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space);
await startSession(space);
const client = await connectClient(space);
const { session, bus } = client;
const { startChat, waitingChat, assignedChat, agent, customerSays, agentSays, log } = people(client);

const activeOf = async (agentId: string) => accepted(await session.getAgent({ agentId })).agent.active;
const get = async (sessionId: string) => accepted(await session.get({ sessionId }));

describe('[C1] changes of control', () => {
  const inState: Record<SessionStatus, () => Promise<string>> = {
    bot: async () => (await startChat()).id,
    waiting: async () => (await waitingChat()).id,
    agent: async () => (await assignedChat(await agent('Holder'))).id,
    closed: async () => {
      const { id } = await startChat();
      return accepted(await session.close({ sessionId: id, by: 'user' })).session.id;
    },
  };
  const pairs = sessionStatus.options.flatMap((from) => sessionStatus.options.map((to) => ({ from, to })));

  it.each(pairs)('from $from to $to: only as the table says', async ({ from, to }) => {
    const id = await inState[from]();
    const before = await get(id);
    const reply = await session.changeStatus({ sessionId: id, status: to, agentId: await agent('Next') });
    if (transitions[from].includes(to)) {
      expect(accepted(reply).session).toMatchObject({ status: to, epoch: before.session.epoch + 1 });
      const last = (await log(id)).at(-1);
      expect(last).toMatchObject({ kind: 'event', change: { from, to, epoch: before.session.epoch + 1 } });
    } else {
      expect(refusal(reply)).toBe(from === 'closed' ? 'SESSION_CLOSED' : 'ILLEGAL_TRANSITION');
      expect(await get(id)).toEqual(before);
    }
  });

  it('a claim of a session that is with the bot, or closed, is refused', async () => {
    const agentId = await agent();
    const withBot = await startChat();
    expect(refusal(await session.assign({ sessionId: withBot.id, agentId }))).toBe('NOT_WAITING');
    accepted(await session.close({ sessionId: withBot.id, by: 'user' }));
    expect(refusal(await session.assign({ sessionId: withBot.id, agentId }))).toBe('SESSION_CLOSED');
    expect(await activeOf(agentId)).toBe(0);
  });

  it('a transfer from an agent to the bot passes through waiting in one step', async () => {
    const agentId = await agent('Ann');
    const { id, epoch } = await assignedChat(agentId);
    await customerSays(id, 'are you there?');
    const asked = { sessionId: id, agentId, to: { type: 'bot' }, reason: 'the bot knows' } as const;
    const after = accepted(await session.release(asked)).session;
    expect(after).toMatchObject({ status: 'bot', epoch: epoch + 2, assignedAgent: null });
    const events = (await log(id)).slice(-2);
    expect(events).toMatchObject([
      { change: { from: 'agent', to: 'waiting', cause: 'agent_released', epoch: epoch + 1, passing: true } },
      { change: { from: 'waiting', to: 'bot', cause: 'agent_returned', epoch: epoch + 2, reason: 'the bot knows' } },
    ]);
    // The reason is told once, with the second entry.
    expect(JSON.stringify(events).split('the bot knows')).toHaveLength(3);
    expect(events[0]).not.toMatchObject({ change: { reason: expect.anything() } });
    const { waiting } = accepted(await session.listWaiting({}));
    expect(waiting.map(({ sessionId }) => sessionId)).not.toContain(id);
    const turn = accepted(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 1_000 }));
    expect(turn.unansweredSeq).toBe(events[0] && events[0].seq - 1);
  });
});

describe('repeats of a change', () => {
  it('asking twice for a human queues once, and keeps the position and the epoch', async () => {
    const { id } = await startChat();
    const asked = { sessionId: id, cause: 'bot_transferred', reason: 'wants a refund', epoch: 1 } as const;
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => session.transfer({ ...asked, priority: 'high' })),
    );
    const results = replies.map(accepted);
    expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(results.map(({ wait }) => wait.requestedAt)).size).toBe(1);
    expect((await get(id)).session.epoch).toBe(2);
    const { waiting } = accepted(await session.listWaiting({}));
    expect(waiting.filter(({ sessionId }) => sessionId === id)).toMatchObject([{ epoch: 2, priority: 'high' }]);
    expect(await log(id)).toHaveLength(2);
  });

  it('a repeated claim succeeds, and the session counts once', async () => {
    const agentId = await agent('Ann');
    const chat = await waitingChat();
    const asked = { sessionId: chat.id, agentId, epoch: chat.epoch };
    expect(accepted(await session.assign(asked)).repeated).toBe(false);
    expect(accepted(await session.assign(asked)).repeated).toBe(true);
    expect(await activeOf(agentId)).toBe(1);
  });

  it('ending a closed session succeeds and changes nothing; nothing reopens it', async () => {
    const agentId = await agent();
    const { id } = await assignedChat(agentId);
    const first = accepted(await session.close({ sessionId: id, by: 'agent', agentId }));
    expect(accepted(await session.close({ sessionId: id, by: 'user' }))).toEqual(first);
    accepted(await session.releaseAgent({ agentId, reason: 'the agent left' }));
    expect(refusal(await session.transfer({ sessionId: id, cause: 'customer_requested', reason: 'x' }))).toBe(
      'SESSION_CLOSED',
    );
    expect(refusal(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' }))).toBe(
      'SESSION_CLOSED',
    );
    expect(refusal(await session.release({ sessionId: id, agentId, to: { type: 'queue' }, reason: 'x' }))).toBe(
      'SESSION_CLOSED',
    );
    expect((await get(id)).session).toEqual(first.session);
    expect(await activeOf(agentId)).toBe(0);
  });
});

describe('[C2] a change that was decided on an older state', () => {
  it('is refused', async () => {
    const agentId = await agent('Ann');
    const chat = await startChat();
    const transfer = { sessionId: chat.id, cause: 'bot_transferred', reason: 'x' } as const;
    accepted(await session.transfer({ ...transfer, epoch: 1 }));
    accepted(await session.cancelTransfer({ sessionId: chat.id, cause: 'customer_cancelled' }));
    expect(refusal(await session.transfer({ ...transfer, epoch: 1 }))).toBe('STALE_EPOCH');
    accepted(await session.transfer({ ...transfer, epoch: 3 }));
    expect(refusal(await session.assign({ sessionId: chat.id, agentId, epoch: 2 }))).toBe('STALE_EPOCH');
    expect(refusal(await session.changeStatus({ sessionId: chat.id, status: 'closed', epoch: 2 }))).toBe('STALE_EPOCH');
    accepted(await session.assign({ sessionId: chat.id, agentId, epoch: 4 }));
    expect(await session.transfer({ ...transfer, epoch: 5 })).toMatchObject({
      code: 'ALREADY_TAKEN',
      message: 'Ann has this chat.',
    });
  });
});

describe('[A1] a session that goes back to the bot', () => {
  it('includes what the customer writes at the same moment', async () => {
    const { id } = await waitingChat();
    const words = { sessionId: id, content: 'is anybody there?', clientMessageId: 'a' };
    await whileAnotherWrites(space, words, async () => {
      const cancel = session.cancelTransfer({ sessionId: id, cause: 'nobody_available' });
      return async () => expect(accepted(await cancel).session).toMatchObject({ status: 'bot', lastSeq: 4 });
    });
    const turn = accepted(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 1_000 }));
    expect(turn.unansweredSeq).toBe(3);
  });
});

describe('[C3] every change of control', () => {
  it('is an entry with its cause, its reason and a sentence, told to both sides', async () => {
    const [ann, bob] = [await agent('Ann'), await agent('Bob')];
    const { id } = await startChat();
    const seen: string[] = [];
    bus.subscribe(channels.live.entry, { session: id }, ({ entries }) =>
      seen.push(...entries.map(({ content }) => content)),
    );
    await bus.flush();
    accepted(await session.transfer({ sessionId: id, cause: 'customer_requested', reason: 'It is about money.' }));
    accepted(await session.assign({ sessionId: id, agentId: ann }));
    const toBob = { type: 'agent', agentId: bob } as const;
    accepted(await session.release({ sessionId: id, agentId: ann, to: toBob, reason: 'Bob does money.' }));
    accepted(await session.releaseAgent({ agentId: bob, reason: 'link lost' }));
    accepted(await session.cancelTransfer({ sessionId: id, cause: 'nobody_available' }));
    accepted(await session.close({ sessionId: id, by: 'user' }));
    const entries = await log(id);
    expect(entries.map(({ content }) => content)).toEqual([
      'The chat was started.',
      'The customer asked for a human agent and is waiting for one. Reason: It is about money.',
      'Ann has joined the chat.',
      'Ann transferred the chat to Bob. Reason: Bob does money.',
      'The connection to Bob was lost; the chat is back at its position in the queue. Reason: link lost',
      'No agent was available; the assistant goes on.',
      'The customer ended the chat.',
    ]);
    const changes = entries.flatMap((entry) => (entry.kind === 'event' ? [entry.change] : []));
    expect(changes.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(changes.map(({ by }) => by)).toEqual(['user', 'user', 'agent', 'agent', 'system', 'system', 'user']);
    expect(changes[3]).toMatchObject({ agentId: bob, agentName: 'Bob', reason: 'Bob does money.' });
    await until(() => seen.length >= 6);
    expect(seen.filter((content) => content !== 'The chat was started.')).toEqual(
      entries.slice(1).map(({ content }) => content),
    );
  });

  it('is told to each customer when the queue is cleared', async () => {
    const chats = await Promise.all(Array.from({ length: 25 }, () => waitingChat()));
    const told = new Set<string>();
    bus.subscribe(channels.live.entry, {}, ({ sessionId, entries }) => {
      if (entries.some(({ content }) => content.includes('out of the queue'))) told.add(sessionId);
    });
    await bus.flush();
    const { cleared } = accepted(await session.clearWaiting({ reason: 'The office is closed.' }));
    expect(cleared).toBeGreaterThanOrEqual(25);
    expect(accepted(await session.listWaiting({})).waiting).toEqual([]);
    await until(() => chats.every(({ id }) => told.has(id)));
    for (const { id } of chats) {
      expect((await get(id)).session).toMatchObject({ status: 'bot', epoch: 3 });
      expect((await log(id)).at(-1)).toMatchObject({
        change: { cause: 'queue_cleared', reason: 'The office is closed.' },
      });
    }
  });
});

describe('who may change control', () => {
  it('an agent only of a session that is assigned to it', async () => {
    const [holder, stranger] = [await agent('Ann'), await agent('Bob')];
    const { id } = await assignedChat(holder);
    const release = { sessionId: id, agentId: stranger, to: { type: 'queue' }, reason: 'x' } as const;
    expect(refusal(await session.release(release))).toBe('NOT_ASSIGNED');
    expect(refusal(await session.close({ sessionId: id, by: 'agent', agentId: stranger }))).toBe('NOT_ASSIGNED');
    expect(await session.close({ sessionId: id, by: 'agent' })).toMatchObject({
      code: 'VALIDATION_FAILED',
      field: 'agentId',
    });
    expect(refusal(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' }))).toBe('NOT_WAITING');
    expect((await agentSays(id, holder, 'still here')).ok).toBe(true);
  });

  it('[S1] nobody, of a session or with an agent that does not exist', async () => {
    const nowhere = randomUUID();
    const agentId = await agent();
    const chat = await waitingChat();
    const replies = [
      await session.transfer({ sessionId: nowhere, cause: 'customer_requested', reason: 'x' }),
      await session.cancelTransfer({ sessionId: nowhere, cause: 'customer_cancelled' }),
      await session.assign({ sessionId: nowhere, agentId }),
      await session.assign({ sessionId: chat.id, agentId: nowhere }),
      await session.close({ sessionId: nowhere, by: 'user' }),
      await session.changeStatus({ sessionId: nowhere, status: 'closed' }),
      await session.releaseAgent({ agentId: nowhere, reason: 'x' }),
      await session.removeAgent({ agentId: nowhere }),
      await session.updateAgent({ agentId: nowhere, status: 'busy' }),
      await session.getAgent({ agentId: nowhere }),
      await session.beginTurn({ sessionId: nowhere, worker: 'w', leaseMs: 1_000 }),
      await session.endTurn({ sessionId: nowhere, worker: 'w' }),
    ];
    expect(replies.map(refusal)).toEqual(replies.map(() => 'NOT_FOUND'));
    // [S1] Requests of the assigned agent are refused alike for another agent's session and for none.
    const asHolder = [
      await session.release({ sessionId: nowhere, agentId, to: { type: 'queue' }, reason: 'x' }),
      await session.addNote({ sessionId: nowhere, agentId, content: 'x' }),
    ];
    expect(asHolder.map(refusal)).toEqual(['NOT_ASSIGNED', 'NOT_ASSIGNED']);
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

describe('the metadata of a wait', () => {
  const metadata = { customerTier: 'premium', nested: { list: [1, null] } };

  it('is stored, returned with the claim, and kept by the next wait', async () => {
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
});
