import { channels, gatewayApi } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted, type TestClient } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, customer, agent, give } = await startSystem(space, {
  MESSAGE_BURST: '100000',
  EVENT_BURST: '100000',
  ADDRESS_BURST: '100000',
  // What an address may go on with for ever, its burst is spread by.
  ADDRESS_RATE: '100000',
});
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const contents = (of: TestClient) => of.of('message:received').map(({ content }) => content);

describe('sending', () => {
  it('[M2] [M3] pipelined and repeated sends through two gateways are stored once, in the order of their sender', async () => {
    const ann = await customer(left);
    const same = client(right);
    const { sessionId, token } = ann;
    granted(await same.ask('customer:resume_chat', { sessionId, token, lastSeq: 1 }));
    const sends = upTo(1, 200).map((n) => ({ sessionId, content: `text ${n}`, clientMessageId: `id ${n}` }));
    const [first, second] = await Promise.all(
      [ann, same].map((one) => Promise.all(sends.map((send) => one.ask('customer:send_message', send)))),
    );
    const seqsOf = (replies: typeof first) => replies?.map((reply) => granted(reply).message.seq);
    expect(seqsOf(first)).toEqual(seqsOf(second));
    expect(seqsOf(first)).toEqual(upTo(2, 201));
    await until(() => ann.seqs(sessionId).length === 200 && same.seqs(sessionId).length === 200);
    expect(contents(ann)).toEqual(sends.map(({ content }) => content));
    expect(contents(same)).toEqual(contents(ann));
    const other = await ann.ask('customer:send_message', { sessionId, content: 'other', clientMessageId: 'id 1' });
    expect(other).toMatchObject({ ok: false, code: 'ID_REUSED', field: 'clientMessageId' });
  });

  it('[M2] a send whose answer is lost is repeated by the gateway with its id, and stored once', async () => {
    const ann = await customer(left);
    services.faults.appendAnswersLateMs = 3_500;
    const sending = ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'once' });
    await until(() => services.appends.some(({ sessionId }) => sessionId === ann.sessionId));
    services.faults.appendAnswersLateMs = 0;
    expect(granted(await sending)).toMatchObject({ repeated: true, message: { seq: 2 } });
    expect(services.session.sessions.get(ann.sessionId)?.entries).toHaveLength(2);
  });

  it('rides out a moment in which nothing can be stored', async () => {
    const ann = await customer(left);
    services.faults.refuseAppends = 3;
    granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'retry' }));
    expect(services.faults.refuseAppends).toBe(0);
  });

  it('gathers what is pipelined into few requests', async () => {
    const ann = await customer(left);
    const before = services.appends.length;
    await Promise.all(
      upTo(1, 100).map((n) => ann.ask('customer:send_message', { sessionId: ann.sessionId, content: `${n}` })),
    );
    expect(services.appends.length - before).toBeLessThan(50);
  });

  it('carries a hundred of the longest messages at once', async () => {
    const ann = await customer(left);
    const content = '漢'.repeat(16_384);
    const replies = await Promise.all(
      upTo(1, 60).map(() => ann.ask('customer:send_message', { sessionId: ann.sessionId, content })),
    );
    expect(replies.every(({ ok }) => ok)).toBe(true);
    await until(() => ann.seqs(ann.sessionId).length === 60);
  });
});

describe('showing', () => {
  it('[M3] customer and agent on two gateways see one order, though notifications are doubled and overtake each other', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    Object.assign(services.faults, { copies: 3, shuffleMs: 80 });
    const { sessionId } = ann;
    await Promise.all([
      ...upTo(1, 40).map((n) => ann.ask('customer:send_message', { sessionId, content: `ann ${n}` })),
      ...upTo(1, 40).map((n) => eve.ask('agent:send_message', { sessionId, content: `eve ${n}` })),
    ]);
    await until(() => ann.seqs(sessionId).at(-1) === 83 && eve.seqs(sessionId).at(-1) === 83);
    expect(ann.seqs(sessionId)).toEqual(upTo(2, 83));
    expect(eve.seqs(sessionId)).toEqual(upTo(4, 83));
    expect(contents(ann).filter((text) => text.startsWith('eve'))).toEqual(upTo(1, 40).map((n) => `eve ${n}`));
    expect(contents(eve).filter((text) => text.startsWith('ann'))).toEqual(upTo(1, 40).map((n) => `ann ${n}`));
  });

  it('[M4] one who comes back from any point, to any gateway, while others write, misses nothing and sees nothing twice', async () => {
    const ann = await customer(left);
    const { sessionId, token } = ann;
    const write = async (from: number, to: number) => {
      for (const n of upTo(from, to)) await ann.ask('customer:send_message', { sessionId, content: `${n}` });
    };
    await write(1, 250);
    services.faults.shuffleMs = 30;
    const writing = write(251, 400);
    const returned = await Promise.all(
      [0, 1, 7, 100, 199, 200, 201, 249, 251].map(async (lastSeq, index) => {
        const back = client(index % 2 === 0 ? right : left);
        granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq }));
        return { back, lastSeq };
      }),
    );
    await writing;
    for (const { back, lastSeq } of returned) {
      await until(() => back.seqs(sessionId).at(-1) === 401);
      expect(back.seqs(sessionId)).toEqual(upTo(lastSeq + 1, 401));
    }
    expect(ann.seqs(sessionId)).toEqual(upTo(2, 401));
  });

  it('[M5] an entry whose notification is lost is shown within 5 s', async () => {
    const ann = await customer(left);
    services.botSays(ann.sessionId, 'Welcome');
    await until(() => ann.seqs(ann.sessionId).length === 1);
    services.faults.loseEntries = 1;
    services.botSays(ann.sessionId, 'You should see this');
    const found = services.calls.filter(({ endpoint }) => endpoint === 'heads').length;
    await until(() => ann.seqs(ann.sessionId).length === 2, { within: 5_000 });
    expect(services.calls.filter(({ endpoint }) => endpoint === 'heads').length).toBeGreaterThan(found);
  });

  it('a gap is filled as soon as a later entry shows that it is there', async () => {
    const ann = await customer(left);
    services.faults.loseEntries = 2;
    for (const n of upTo(1, 3)) services.botSays(ann.sessionId, `${n}`);
    await until(() => ann.seqs(ann.sessionId).length === 3, { within: 2_000 });
    expect(ann.seqs(ann.sessionId)).toEqual([2, 3, 4]);
  });

  it('what was written before the gateway could listen is shown', async () => {
    const ann = client(left);
    const startId = newId();
    const { session } = granted(await services.session.direct.create({ userId: 'ann', startId }));
    services.faults.loseEntries = 1;
    services.botSays(session.id, 'Welcome');
    granted(await ann.ask('customer:start_chat', { userId: 'ann', startId }));
    await until(() => ann.seqs(session.id).length === 1, { within: 2_000 });
  });
});

describe('a viewer that leaves while it catches up', () => {
  it('is not fetched for any longer', async () => {
    const ann = await customer(left);
    const { sessionId, token } = ann;
    for (const n of upTo(1, 1_000)) services.botSays(sessionId, `${n}`);
    await until(() => ann.seqs(sessionId).length === 1_000);
    services.faults.pagesLateMs = 50;
    const back = client(left);
    granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 0 }));
    await until(() => back.seqs(sessionId).length > 0);
    const pages = () => services.calls.filter(({ endpoint }) => endpoint === 'listEntries').length;
    const atMost = pages() + 1;
    back.close();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(pages()).toBeLessThanOrEqual(atMost);
    granted(await ann.ask('customer:send_message', { sessionId, content: 'still shown' }));
    await until(() => contents(ann).at(-1) === 'still shown');
  });
});

describe('what is not kept', () => {
  const draftOf = (sessionId: string, text: string, more: object = {}) =>
    services.bus.publish(
      channels.live.draft,
      { session: sessionId },
      {
        sessionId,
        turnId: 'turn 1',
        inReplyTo: 2,
        epoch: 1,
        text,
        ended: false,
        ...more,
      },
    );

  it('[M6] shows the draft until its entry replaces it, and nothing of it after that', async () => {
    const ann = await customer(left);
    const { sessionId } = ann;
    granted(await ann.ask('customer:send_message', { sessionId, content: 'Tell me' }));
    await until(() => ann.seqs(sessionId).length === 1);
    draftOf(sessionId, 'Once');
    draftOf(sessionId, 'Once upon');
    await until(() => ann.of('message:draft').length === 2);
    services.botSays(sessionId, 'Once upon a time', 2);
    draftOf(sessionId, 'Once upon a');
    services.botSays(sessionId, 'The end');
    await until(() => contents(ann).at(-1) === 'The end');
    expect(ann.of('message:draft').map(({ text }) => text)).toEqual(['Once', 'Once upon']);
    expect(services.session.sessions.get(sessionId)?.entries).toHaveLength(4);
  });

  it('[M6] a draft ends when control leaves the bot', async () => {
    const ann = await customer(left);
    const { sessionId } = ann;
    draftOf(sessionId, 'Let me');
    await until(() => ann.of('message:draft').length === 1);
    granted(await ann.ask('customer:request_agent', { sessionId }));
    await until(() => ann.of('message:draft').at(-1)?.ended === true);
  });

  it('[M6] typing is shown to the other side only, not for every key, and ends with the message', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    const { sessionId } = ann;
    give(sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    for (const _ of upTo(1, 10)) granted(await ann.ask('typing', { sessionId }));
    await until(() => eve.of('typing').length > 0);
    granted(await ann.ask('customer:send_message', { sessionId, content: 'Hi' }));
    await until(() => eve.of('typing').at(-1)?.active === false);
    expect(eve.of('typing').map(({ active }) => active)).toEqual([true, false]);
    granted(await eve.ask('typing', { sessionId, active: true }));
    await until(() => ann.of('typing').length === 1);
    expect(ann.of('typing')[0]).toMatchObject({ sender: 'agent', name: 'Eve', active: true });
    eve.close();
    await until(() => ann.of('typing').at(-1)?.active === false);
  });

  it('[M6] how far one side has read is shown to the other, coalesced, and never beyond what it was shown', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    const { sessionId } = ann;
    give(sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    const { message } = granted(await ann.ask('customer:send_message', { sessionId, content: 'Read me' }));
    await until(() => eve.of('message:received').some(({ seq }) => seq === message.seq));
    for (const seq of upTo(1, message.seq)) granted(await eve.ask('seen', { sessionId, seq }));
    granted(await eve.ask('seen', { sessionId, seq: message.seq + 1_000 }));
    await until(() => ann.of('seen').at(-1)?.seq === message.seq);
    expect(ann.of('seen').every(({ sender }) => sender === 'agent')).toBe(true);
    expect(ann.of('seen').length).toBeLessThanOrEqual(3);
    granted(await ann.ask('seen', { sessionId, seq: message.seq }));
    await until(() => eve.of('seen').length > 0);
    expect(eve.of('seen')).toEqual([{ sessionId, sender: 'user', seq: message.seq }]);
    const stranger = client(left);
    expect(await stranger.ask('seen', { sessionId, seq: 1 })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });
});

describe('feeds', () => {
  it('are open for exactly the sessions that have sockets on the gateway', async () => {
    const gateway = services.bus.caller(gatewayApi);
    const watched = async (instance: string) => {
      for (;;) {
        const value = granted(await gateway.connections({}));
        if (value.instance === instance) return value.sessionsWatched;
      }
    };
    await until(async () => (await watched('left')) === 0 && (await watched('right')) === 0);
    const ann = await customer(left);
    const same = client(left);
    granted(await same.ask('customer:resume_chat', { sessionId: ann.sessionId, token: ann.token, lastSeq: 0 }));
    expect([await watched('left'), await watched('right')]).toEqual([1, 0]);
    ann.close();
    same.close();
    await until(async () => (await watched('left')) === 0);
    const ben = await customer(left);
    granted(await ben.ask('customer:end_chat', { sessionId: ben.sessionId }));
    await until(async () => ben.of('session:closed').length === 1 && (await watched('left')) === 0);
  });
});
