import { channels, NO_ANSWER_NOW } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

/** Sessions that wait while no agent is online. No agent is, at the beginning and after each test. */
const [space, hasty] = [await testSpace(), await testSpace()];
for (let n = 0; n < 2; n++) await startSession(space, { ANSWER_DEADLINE_MS: '3600000' });
const client = await connectClient(space);
const { session, bus } = client;
const { waitingChat, startChat, customerSays, botSays, log, ...makes } = people(client);

const online: string[] = [];
const agent = async () => {
  const id = await makes.agent();
  online.push(id);
  return id;
};
afterEach(async () => {
  for (const agentId of online.splice(0)) {
    const { sessions } = accepted(await session.listAgentSessions({ agentId }));
    for (const { id } of sessions) accepted(await session.close({ sessionId: id, by: 'system' }));
    accepted(await session.updateAgent({ agentId, status: 'offline' }));
  }
});

const pendingReply = async (sessionId: string) => {
  const { sessions } = accepted(await session.listUnanswered({ olderThanMs: 0, limit: 200 }));
  return sessions.find((one) => one.sessionId === sessionId);
};
const begin = (sessionId: string, worker = 'w', leaseMs = 60_000) => session.beginTurn({ sessionId, worker, leaseMs });
/** A waiting session in which the bot stands in, which its pending reply shows. */
const standInChat = async (says = 'is somebody there?') => {
  const chat = await waitingChat();
  const [stored] = accepted(await customerSays(chat.id, says)).results;
  await until(async () => pendingReply(chat.id));
  return { ...chat, asked: stored?.ok ? stored.value.entry.seq : 0 };
};

describe('[A1, A2] the bot stands in', () => {
  it('with state and position unchanged: it answers earlier messages once, and later ones', async () => {
    const { id, epoch, waitingSince, asked } = await standInChat();
    expect(asked).toBe(3);
    const turn = accepted(await begin(id));
    expect(turn.session).toMatchObject({ status: 'waiting', waitingSince, epoch });
    expect(turn.unansweredSeq).toBe(3);
    const [first] = accepted(await botSays(id, epoch, 'only me', 3)).results;
    expect(first).toMatchObject({ ok: true });
    expect(accepted(await session.endTurn({ sessionId: id, worker: 'w' }))).toEqual({ owed: false });
    const [again] = accepted(await botSays(id, epoch, 'only me, again', 3)).results;
    expect(again).toMatchObject({ ok: false, code: 'ALREADY_ANSWERED' });

    // One message uses another statement than several.
    accepted(await customerSays(id, 'and now?'));
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 5 });
    const two = [{ content: 'one' }, { content: 'two' }];
    accepted(await session.append({ sessionId: id, author: { type: 'customer' }, messages: two }));
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 7 });
    accepted(await botSays(id, epoch, 'to all of it', 7));
    expect(await pendingReply(id)).toBeUndefined();
    const { wait, session: still } = accepted(await session.get({ sessionId: id }));
    expect([still.status, still.waitingSince, wait?.requestedAt]).toEqual(['waiting', waitingSince, waitingSince]);
  });

  it('for messages before the handoff that had no answer, and not for answered ones', async () => {
    const [asks, answered, silent] = [await startChat(), await startChat(), await startChat()];
    for (const { id } of [asks, answered]) accepted(await customerSays(id, 'a human please'));
    accepted(await botSays(answered.id, 1, 'One moment.', 2));
    for (const { id } of [asks, answered, silent])
      accepted(await session.transfer({ sessionId: id, cause: 'bot_transferred', reason: 'x' }));
    await until(async () => pendingReply(asks.id));
    expect(await pendingReply(asks.id)).toMatchObject({ unansweredSeq: 2, epoch: 2 });
    for (const { id } of [answered, silent]) expect(await pendingReply(id)).toBeUndefined();
  });

  it('and the ai service is notified immediately', async () => {
    const { id, epoch } = await waitingChat();
    const asked: unknown[] = [];
    const subscription = bus.subscribe(channels.bot.asked, { session: id }, (payload) => asked.push(payload));
    await subscription.ready();
    accepted(await customerSays(id, 'one'));
    await until(() => asked.length > 0);
    expect(asked[0]).toMatchObject({ sessionId: id, seq: 3, epoch });
    asked.length = 0;
    accepted(await customerSays(id, 'two'));
    await until(() => asked.length > 0);
    expect(asked).toMatchObject([{ sessionId: id, seq: 4, epoch }]);
    await subscription.leave();
  });
});

describe('[C2] it ends', () => {
  it('once an agent is online: no reply is pending, and an answer in flight is refused', async () => {
    const { id, epoch, asked } = await standInChat();
    accepted(await begin(id));
    const agentId = await agent();
    await until(async () => !(await begin(id)).ok);
    expect(refusal(await begin(id))).toBe('NOTHING_OWED');
    expect(refusal(await botSays(id, epoch, 'too late', asked))).toBe('STALE_EPOCH');
    expect(accepted(await session.get({ sessionId: id })).session).toMatchObject({ status: 'waiting', epoch });
    accepted(await customerSays(id, 'hello?'));
    expect(await pendingReply(id)).toBeUndefined();
    // It begins again with the messages that nobody has answered meanwhile.
    accepted(await session.updateAgent({ agentId, status: 'offline' }));
    await until(async () => pendingReply(id));
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 4 });
  });

  it('with the claim of an agent', async () => {
    const { id, epoch, asked } = await standInChat();
    accepted(await begin(id));
    const { session: taken } = accepted(await session.assign({ sessionId: id, agentId: await agent() }));
    expect(taken).toMatchObject({ status: 'agent', epoch: epoch + 1 });
    for (const known of [epoch, taken.epoch])
      expect(refusal(await botSays(id, known, 'too late', asked))).toBe('STALE_EPOCH');
    expect(await pendingReply(id)).toBeUndefined();
    expect(refusal(await begin(id))).toBe('NOTHING_OWED');
    // Back in the queue with agents online, the bot does not answer it.
    const { agentId } = { agentId: taken.assignedAgent ?? '' };
    const back = accepted(
      await session.release({ sessionId: id, agentId, to: { type: 'queue' }, reason: 'x' }),
    ).session;
    accepted(await customerSays(id, 'still there?'));
    expect(refusal(await botSays(id, back.epoch, 'I am', 6))).toBe('STALE_EPOCH');
  });

  it('with the return to the bot, whose reply stays pending', async () => {
    const { id, asked, epoch } = await standInChat();
    accepted(await begin(id));
    const back = accepted(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' })).session;
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: asked, epoch: epoch + 1 });
    expect(refusal(await botSays(id, epoch, 'of before', asked))).toBe('STALE_EPOCH');
    accepted(await botSays(id, back.epoch, 'here I am', asked));
  });

  it('with the rest pending of a burst that was answered in part', async () => {
    const { id, epoch } = await standInChat('one');
    accepted(await customerSays(id, 'two'));
    accepted(await botSays(id, epoch, 'to the first', 3));
    accepted(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' }));
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 4 });
  });

  it('for many sessions at once', async () => {
    const chats = await Promise.all(Array.from({ length: 250 }, () => waitingChat()));
    await Promise.all(chats.map(({ id }) => customerSays(id, 'hello?')));
    const standsIn = async ({ id }: { id: string }) => (await begin(id, 'w', 1_000)).ok;
    await until(async () => (await Promise.all(chats.map(standsIn))).every(Boolean));
    await agent();
    await until(async () => !(await Promise.all(chats.map(standsIn))).some(Boolean));
    await Promise.all(chats.map(({ id }) => session.close({ sessionId: id, by: 'system' })));
  });
});

describe('[A1] a reply that never comes', () => {
  const replyNoAnswer = { sender: 'bot', content: NO_ANSWER_NOW, inReplyTo: 3, metadata: { noAnswer: true } };

  it('because two workers lost the turn is replaced by a message; the bot gets the next turn', async () => {
    const { id } = await standInChat();
    accepted(await begin(id, 'first', 1_000));
    await until(async () => (await begin(id, 'second', 1_000)).ok);
    await until(async () => (await log(id)).length === 4);
    expect((await log(id)).at(-1)).toMatchObject(replyNoAnswer);
    expect(accepted(await session.get({ sessionId: id })).session.status).toBe('waiting');
    expect(await pendingReply(id)).toBeUndefined();
    accepted(await customerSays(id, 'and this?'));
    await until(async () => (await begin(id, 'third')).ok);
  });

  it('in time is replaced by a message, and refused later', async () => {
    await startSession(hasty, { ANSWER_DEADLINE_MS: '1000' });
    const there = await connectClient(hasty);
    const { waitingChat, customerSays, botSays, log } = people(there);
    const { id, epoch } = await waitingChat();
    accepted(await customerSays(id, 'hello?'));
    const frozen = { sessionId: id, worker: 'frozen', leaseMs: 60_000 };
    await until(async () => (await there.session.beginTurn(frozen)).ok);
    await until(async () => (await log(id)).length === 4);
    expect((await log(id)).at(-1)).toMatchObject(replyNoAnswer);
    const [late] = accepted(await botSays(id, epoch, 'at last', 3)).results;
    expect(late).toMatchObject({ ok: false, code: 'ALREADY_ANSWERED' });
  });
});

describe('[C3] without an agent for long enough', () => {
  it('waiting sessions go back to the bot, with the cause; others do not', async () => {
    const brief = await testSpace();
    for (let n = 0; n < 2; n++) await startSession(brief, { NOBODY_ONLINE_AFTER_MINUTES: '0.05' });
    const there = await connectClient(brief);
    const { waitingChat, customerSays, agent, log } = people(there);
    const stateOf = async (id: string) => accepted(await there.session.get({ sessionId: id })).session.status;
    const agentId = await agent();
    const chat = await waitingChat();
    accepted(await customerSays(chat.id, 'hello?'));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(await stateOf(chat.id)).toBe('waiting');
    accepted(await there.session.updateAgent({ agentId, status: 'offline' }));
    await until(async () => (await stateOf(chat.id)) === 'bot');
    expect((await log(chat.id)).slice(3)).toMatchObject([
      { change: { from: 'waiting', to: 'bot', cause: 'nobody_available', by: 'system' } },
    ]);
    const { sessions } = accepted(await there.session.listUnanswered({ olderThanMs: 0, limit: 10 }));
    expect(sessions).toMatchObject([{ sessionId: chat.id, unansweredSeq: 3 }]);
  });
});
