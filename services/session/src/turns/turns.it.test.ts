import { randomUUID } from 'node:crypto';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const [space, impatient] = [await testSpace(), await testSpace()];
await startSession(space, { ANSWER_DEADLINE_MS: '3600000' });
await startSession(space, { ANSWER_DEADLINE_MS: '3600000' });
const client = await connectClient(space);
const { session } = client;
const { startChat, assignedChat, agent, customerSays, botSays, log } = people(client);
// Without an agent online the bot stands in: see stand-in.it.test.ts.
await agent('Always online');

const pendingReply = async (sessionId: string) => {
  const { sessions } = accepted(await session.listUnanswered({ olderThanMs: 0, limit: 200 }));
  return sessions.find((one) => one.sessionId === sessionId);
};

describe('a greeting', () => {
  it('is pending in a new session, unless the page has greeted: the log has no greeting that nobody saw', async () => {
    const { id } = await startChat();
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 1 });
    const greeted = accepted(await session.create({ userId: `user-${randomUUID()}`, greeted: true })).session;
    expect(await pendingReply(greeted.id)).toBeUndefined();
    expect(refusal(await session.beginTurn({ sessionId: greeted.id, worker: 'w', leaseMs: 1_000 }))).toBe(
      'NOTHING_OWED',
    );
    accepted(await customerSays(greeted.id, 'hello'));
    expect(await pendingReply(greeted.id)).toMatchObject({ unansweredSeq: 2 });
  });
});

describe('[A2] one answer', () => {
  it('for a turn, by any worker and any number of attempts', async () => {
    const { id } = await startChat();
    accepted(await customerSays(id, 'hello'));
    const replies = await Promise.all(Array.from({ length: 10 }, (_, n) => botSays(id, 1, `answer ${n}`, 2)));
    const results = replies.flatMap((reply) => accepted(reply).results);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    const others = results.filter((result) => !result.ok).map((result) => !result.ok && result.code);
    expect(others).toEqual(Array(9).fill('ALREADY_ANSWERED'));
    expect(await log(id)).toHaveLength(3);
  });

  it('not to an entry before an answered one: a suspended worker comes too late', async () => {
    const { id } = await startChat();
    for (const words of ['hello', 'one more thing']) accepted(await customerSays(id, words));
    accepted(await botSays(id, 1, 'both answered', 3));
    const [late] = accepted(await botSays(id, 1, 'what I thought of the first', 2)).results;
    expect(late).toMatchObject({ ok: false, code: 'ALREADY_ANSWERED' });
    accepted(await customerSays(id, 'and now?'));
    const replies = await Promise.all([5, 2, 3].map((seq) => botSays(id, 1, `about ${seq}`, seq)));
    const outcomes = replies.flatMap((reply) => accepted(reply).results).map((result) => result.ok || result.code);
    expect(outcomes).toEqual([true, 'ALREADY_ANSWERED', 'ALREADY_ANSWERED']);
    expect((await log(id)).at(-1)).toMatchObject({ content: 'about 5' });
  });

  it('only to an entry that exists', async () => {
    const { id } = await startChat();
    const [result] = accepted(await botSays(id, 1, 'hello', 5)).results;
    expect(result).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'messages.0.inReplyTo' });
  });

  it('from the worker with the lease; another gets it when the lease has expired', async () => {
    const { id } = await startChat();
    const begin = (worker: string, leaseMs = 60_000) => session.beginTurn({ sessionId: id, worker, leaseMs });
    const both = await Promise.all([begin('a'), begin('b')]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.flatMap((reply) => (reply.ok ? [] : [reply.code]))).toEqual(['TURN_TAKEN']);
    const [winner, loser] = both[0].ok ? ['a', 'b'] : ['b', 'a'];
    expect(refusal(await begin(loser))).toBe('TURN_TAKEN');
    // Another worker's end does not revoke the lease.
    accepted(await session.endTurn({ sessionId: id, worker: loser }));
    expect(refusal(await begin(loser))).toBe('TURN_TAKEN');
    accepted(await begin(winner, 1_000));
    accepted(
      await until(async () => {
        const reply = await begin(loser, 1_000);
        return reply.ok && reply;
      }),
    );
    accepted(await session.endTurn({ sessionId: id, worker: loser }));
    accepted(await begin(winner));
  });
});

describe('[A1] the pending reply', () => {
  it('is a greeting at the start, then one to each message of the customer, and none once answered', async () => {
    const { id } = await startChat();
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 1, epoch: 1 });
    accepted(await botSays(id, 1, 'welcome', 1));
    expect(await pendingReply(id)).toBeUndefined();
    expect(refusal(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 1_000 }))).toBe('NOTHING_OWED');
    accepted(await customerSays(id, 'one'));
    const since = (await pendingReply(id))?.unansweredSince;
    accepted(await customerSays(id, 'two'));
    // The oldest unanswered message decides since when.
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 4, unansweredSince: since });
    accepted(await botSays(id, 1, 'to both', 4));
    expect(await pendingReply(id)).toBeUndefined();
  });

  it('remains when a message came during the answer', async () => {
    const { id } = await startChat();
    accepted(await customerSays(id, 'one'));
    const turn = accepted(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 60_000 }));
    expect(turn).toMatchObject({ unansweredSeq: 2, entries: [{ seq: 1 }, { seq: 2 }] });
    // A worker has the lease, so it is not listed.
    expect(await pendingReply(id)).toBeUndefined();
    accepted(await customerSays(id, 'two'));
    accepted(await botSays(id, 1, 'to the first', turn.unansweredSeq));
    expect(accepted(await session.endTurn({ sessionId: id, worker: 'w' })).owed).toBe(true);
    const second = (await log(id)).at(2);
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 3, unansweredSince: second?.timestamp });
  });

  it('is none while the bot has no control, and a lease ends with control', async () => {
    const agentId = await agent();
    const { id } = await startChat();
    accepted(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 60_000 }));
    accepted(await session.transfer({ sessionId: id, cause: 'bot_transferred', reason: 'x' }));
    accepted(await customerSays(id, 'hello?'));
    expect(await pendingReply(id)).toBeUndefined();
    expect(refusal(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 1_000 }))).toBe('NOTHING_OWED');
    accepted(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' }));
    expect(await pendingReply(id)).toMatchObject({ unansweredSeq: 3, epoch: 3 });
    accepted(await session.beginTurn({ sessionId: id, worker: 'another', leaseMs: 1_000 }));
    accepted(await botSays(id, 3, 'here I am', 3));
    accepted(await session.transfer({ sessionId: id, cause: 'bot_transferred', reason: 'x' }));
    accepted(await session.cancelTransfer({ sessionId: id, cause: 'nobody_available' }));
    expect(await pendingReply(id)).toBeUndefined();
    accepted(await session.close({ sessionId: id, by: 'user' }));
    expect(refusal(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 1_000 }))).toBe('SESSION_CLOSED');
    const held = await assignedChat(agentId);
    accepted(await customerSays(held.id, 'hello agent'));
    expect(await pendingReply(held.id)).toBeUndefined();
  });

  it('comes with the memory of older entries, which only grows', async () => {
    const { id } = await startChat();
    for (let n = 0; n < 5; n++) accepted(await customerSays(id, `message ${n}`));
    const end = (summary: string, throughSeq: number) =>
      session.endTurn({ sessionId: id, worker: 'w', memory: { summary, throughSeq } });
    accepted(await end('up to three', 3));
    accepted(await end('up to two', 2));
    accepted(await end('beyond the end', 99));
    const turn = accepted(await session.beginTurn({ sessionId: id, worker: 'w', leaseMs: 1_000, limit: 2 }));
    expect(turn).toMatchObject({ memory: 'up to three', memoryThroughSeq: 3 });
    expect(turn.entries.map(({ seq }) => seq)).toEqual([5, 6]);
  });
});

describe('[A1] past the deadline', () => {
  it('a turn that two workers in a row lost goes to a human, not to a third', async () => {
    const [deadly, given] = await Promise.all([1, 2].map(() => startChat()));
    if (!deadly || !given) throw new Error('two chats');
    for (const { id } of [deadly, given]) accepted(await customerSays(id, 'hello'));
    const begin = (id: string, worker: string) => session.beginTurn({ sessionId: id, worker, leaseMs: 1_000 });
    const beginsOnce = (id: string, worker: string) => until(async () => (await begin(id, worker)).ok);
    accepted(await begin(deadly.id, 'first'));
    accepted(await begin(given.id, 'first'));
    await beginsOnce(deadly.id, 'second');
    await beginsOnce(given.id, 'second');
    // A worker that returns the turn has not lost it.
    accepted(await session.endTurn({ sessionId: given.id, worker: 'second' }));
    accepted(await begin(given.id, 'third'));
    await until(async () => accepted(await session.get({ sessionId: deadly.id })).session.status === 'waiting');
    expect(refusal(await begin(deadly.id, 'third'))).toBe('NOTHING_OWED');
    expect(accepted(await session.get({ sessionId: given.id })).session.status).toBe('bot');
  });

  it('a session is handed off once, with the last messages, whatever happened to the ai service', async () => {
    for (let n = 0; n < 2; n++) await startSession(impatient, { ANSWER_DEADLINE_MS: '1000' });
    const here = await connectClient(impatient);
    const people_ = people(here);
    const { session } = here;
    const [unanswered, silent, answered, late] = await Promise.all([1, 2, 3, 4].map(() => people_.startChat()));
    if (!unanswered || !silent || !answered || !late) throw new Error('four chats');
    accepted(await people_.customerSays(answered.id, 'hello'));
    accepted(await people_.botSays(answered.id, 1, 'hello to you', 2));
    accepted(await people_.customerSays(unanswered.id, 'Where is my order? 😀'.repeat(40)));
    // A worker has the lease and does nothing.
    accepted(await session.beginTurn({ sessionId: unanswered.id, worker: randomUUID(), leaseMs: 60_000 }));
    const { wait } = await until(async () => {
      const found = accepted(await session.get({ sessionId: unanswered.id }));
      return found.session.status === 'waiting' && found;
    });
    expect(wait).toMatchObject({ reason: 'The assistant did not answer in time.', priority: 'normal' });
    expect(wait?.brief?.summary).toContain('Customer: Where is my order?');
    expect(wait?.brief?.customerWants).toContain('Where is my order?');
    expect(await people_.log(unanswered.id)).toMatchObject([
      { seq: 1 },
      { seq: 2 },
      { seq: 3, change: { cause: 'bot_failed', by: 'system', to: 'waiting' } },
    ]);
    // A late greeting needs no human, and the time counts from the customer's first message.
    accepted(await people_.customerSays(late.id, 'finally a word'));
    const heads = accepted(await session.heads({ sessionIds: [silent.id, answered.id, late.id] })).heads;
    expect(heads.map(({ status }) => status)).toEqual(['bot', 'bot', 'bot']);
  });
});
