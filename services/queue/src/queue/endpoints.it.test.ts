import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, redis, key, order, lengthIs } = installation;
await installation.startQueue();
await installation.startQueue();

const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;

beforeEach(installation.empty);

describe('order', () => {
  it('[Q1] serves high before normal before low, and within one by the start of the wait', async () => {
    const normal2 = session.open({ since: minutesAgo(2) });
    const low9 = session.open({ priority: 'low', since: minutesAgo(9) });
    const high1 = session.open({ priority: 'high', since: minutesAgo(1) });
    const normal3 = session.open({ since: minutesAgo(3) });
    const high5 = session.open({ priority: 'high', since: minutesAgo(5) });
    await lengthIs(5);
    expect(await order()).toEqual([high5, high1, normal3, normal2, low9]);
    expect(await queue.length({})).toEqual({ ok: true, value: { high: 2, normal: 2, low: 1, total: 5 } });

    const agentId = session.join({ capacity: 10 });
    for (const expected of [high5, high1, normal3, normal2, low9]) {
      const reply = await queue.claim({ agentId });
      expect(reply).toMatchObject({ ok: true, value: { session: { id: expected, assignedAgent: agentId } } });
    }
    expect(await queue.claim({ agentId })).toMatchObject({ ok: false, code: 'QUEUE_EMPTY' });
  });

  it('[Q1] a session that waits again keeps its original start, in its new priority', async () => {
    const first = session.open({ since: minutesAgo(3) });
    const second = session.open({ since: minutesAgo(2) });
    await lengthIs(2);
    const agentId = session.join();
    expect(await queue.claim({ agentId, sessionId: first })).toMatchObject({ ok: true });
    await lengthIs(1);
    session.session(first).createdAt = new Date(minutesAgo(3)).toISOString();
    session.waitAgain(first, 'normal');
    await lengthIs(2);
    expect(await order()).toEqual([first, second]);
  });

  it('asking twice for a human queues once', async () => {
    const sessionId = session.open();
    await lengthIs(1);
    const [waiting] = (await listed()).waiting;
    if (!waiting) throw new Error('nobody is listed');
    const twice = await queue.add({ ...waiting, requestedAt: new Date().toISOString(), priority: 'high' });
    expect(twice).toMatchObject({ ok: true, value: { added: false, position: { position: 1, priority: 'normal' } } });
    expect(await order()).toEqual([sessionId]);
  });

  const listed = async () => {
    const reply = await queue.list({});
    if (!reply.ok) throw new Error(reply.message);
    return reply.value;
  };

  it('lists what agents need to know, at most as many as requested', async () => {
    const sessionId = session.open({ priority: 'high', reason: 'the bill is wrong' });
    for (let count = 0; count < 4; count++) session.open();
    await lengthIs(5);
    const reply = await queue.list({ limit: 2 });
    expect(reply).toMatchObject({
      ok: true,
      value: {
        lengths: { high: 1, normal: 4, low: 0, total: 5 },
        waiting: [
          {
            sessionId,
            priority: 'high',
            reason: 'the bill is wrong',
            brief: { summary: expect.any(String) },
            epoch: 2,
            position: 1,
            waitedSeconds: expect.any(Number),
          },
          { priority: 'normal', position: 2, waitedSeconds: expect.any(Number) },
        ],
        autoAssign: false,
      },
    });
    expect(reply.ok && reply.value.waiting.length).toBe(2);
  });
});

describe('leaving', () => {
  it.each(['closed', 'bot'] as const)('a session that stops waiting (to %s) leaves the queue', async (to) => {
    const leaver = session.open();
    const stays = session.open();
    // By its event, sooner than the reconciler would find it.
    await lengthIs(2, 1_000);
    session.end(leaver, to);
    await lengthIs(1, 1_000);
    expect(await order()).toEqual([stays]);
    expect(await queue.position({ sessionId: leaver })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });

  it('remove takes a session out, and the reconciler puts it back while it waits in Postgres', async () => {
    const sessionId = session.open();
    await lengthIs(1);
    expect(await queue.remove({ sessionId })).toEqual({ ok: true, value: { removed: true } });
    expect(await queue.remove({ sessionId })).toEqual({ ok: true, value: { removed: false } });
    await lengthIs(1);
  });

  it('clear returns every waiting session to the bot, and the queue is empty when it answers', async () => {
    for (let count = 0; count < 7; count++) session.open();
    await lengthIs(7);
    expect(await queue.clear({})).toEqual({ ok: true, value: { cleared: 7 } });
    expect(await order()).toEqual([]);
    expect([...session.sessions.values()].every((one) => one.session.status === 'bot')).toBe(true);
  });

  it('leaves nothing in Redis of a session that has left', async () => {
    const agentId = session.join();
    const ids = [session.open(), session.open({ priority: 'high' })];
    await lengthIs(2);
    expect(await queue.claim({ agentId })).toMatchObject({ ok: true });
    session.end(ids[0] ?? '');
    await lengthIs(0);
    const left = ['queue:high', 'queue:normal', 'queue:low', 'queue_metadata', 'queue:epochs', 'queue:claims'];
    await until(async () => (await redis.exists(...left.map(key))) === 0, { what: 'no key of the queue is left' });
  });
});

describe('statistics', () => {
  it('stats have lengths, waits, claims, handling times and presence', async () => {
    await redis.del(key('queue:claimed_by_minute'));
    session.handled([60, 120, 180]);
    const agentId = session.join();
    await queue.presence({ present: [{ agentId, gatewayId: 'gateway-1' }] });
    session.open({ since: minutesAgo(10) });
    session.open({ since: minutesAgo(4) });
    await lengthIs(2);
    expect(await queue.claim({ agentId })).toMatchObject({ ok: true });
    await lengthIs(1);
    const reply = await queue.stats({});
    if (!reply.ok) throw new Error(reply.message);
    expect(reply.value).toMatchObject({
      lengths: { high: 0, normal: 1, low: 0, total: 1 },
      claimedLastHour: 1,
      agentsPresent: 1,
    });
    expect(reply.value.longestWaitSeconds).toBeCloseTo(240, -1);
    expect(reply.value.averageWaitSeconds).toBeCloseTo(600, -1);
  });

  it('debug shows what is in Redis', async () => {
    const sessionId = session.open({ priority: 'low' });
    await lengthIs(1);
    const agentId = session.join();
    session.faults.delayMs = 500;
    const claiming = queue.claim({ agentId });
    const debug = await until(async () => {
      const reply = await queue.debug({});
      return reply.ok && reply.value.claims.length > 0 && reply.value;
    });
    session.faults.delayMs = 0;
    await claiming;
    expect(debug).toMatchObject({
      prefix: installation.prefix,
      lengths: { high: 0, normal: 0, low: 1, total: 1 },
      queues: { high: [], normal: [], low: [{ sessionId, requestedAt: expect.any(String) }] },
      metadata: { [sessionId]: { sessionId, priority: 'low', reason: 'wants a human' } },
      claims: [{ sessionId, agentId, expiresAt: expect.any(String) }],
      lastComparedAt: expect.any(String),
    });
  });

  it('debug compares the whole queue with Postgres and finds what is in only one of the two', async () => {
    const ids = Array.from({ length: 13 }, () => session.open());
    await lengthIs(13);
    const compared = async () => {
      const reply = await queue.debug({});
      return reply.ok ? reply.value.comparison : undefined;
    };
    expect(await compared()).toEqual({ inRedis: 13, inRecord: 13, apart: 0, onlyInRedis: [], onlyInRecord: [] });
    // Faster than the reconciler repairs it.
    const [lost = '', ...rest] = ids;
    const found = await until(async () => {
      await queue.remove({ sessionId: lost });
      const comparison = await compared();
      return comparison?.apart === 1 && comparison;
    });
    expect(found).toMatchObject({ inRecord: 13, onlyInRedis: [], onlyInRecord: [{ sessionId: lost }] });
    for (const id of [lost, ...rest]) session.end(id);
    await lengthIs(0);
  });

  it('health is up when Redis and NATS answer and the queue was reconciled', async () => {
    const health = await until(async () => {
      const reply = await queue.health({});
      return reply.ok && reply.value.status === 'up' && reply.value;
    });
    expect(Object.keys(health.parts)).toEqual(['redis', 'nats', 'comparison']);
  });

  it('[S2] refuses input that does not fit, naming the field', async () => {
    expect(await queue.position({ sessionId: 'nonsense' })).toMatchObject({
      ok: false,
      code: 'VALIDATION_FAILED',
      field: 'sessionId',
    });
    expect(await queue.position({ sessionId: newId() })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });
});

describe('adding a session by hand', () => {
  const metadata = { customerTier: 'premium' };
  const asked = { reason: 'Technical issue with premium account', priority: 'high', metadata } as const;
  const withBot = () => {
    const sessionId = session.open();
    session.end(sessionId, 'bot');
    return sessionId;
  };

  it('hands a session off from the bot, through the session service, and keeps its metadata', async () => {
    const sessionId = withBot();
    const reply = await queue.add({ sessionId, ...asked });
    expect(reply).toMatchObject({ ok: true, value: { position: { sessionId, position: 1, priority: 'high' } } });
    expect(session.session(sessionId).status).toBe('waiting');
    expect(await queue.next({})).toMatchObject({
      ok: true,
      value: { next: { sessionId, ...asked, position: 1, waitedSeconds: expect.any(Number) } },
    });
    expect(await queue.list({})).toMatchObject({
      ok: true,
      value: { waiting: [{ sessionId, ...asked, position: 1 }] },
    });
    const claimed = await queue.claim({ agentId: session.join() });
    expect(claimed).toMatchObject({ ok: true, value: { session: { id: sessionId }, wait: { sessionId, ...asked } } });
    expect(await queue.next({})).toEqual({ ok: true, value: { next: null } });
  });

  it('a waiting session keeps its wait and its position', async () => {
    const first = session.open({ since: minutesAgo(2), reason: 'first' });
    const second = session.open({ since: minutesAgo(1), reason: 'second' });
    await lengthIs(2);
    const again = await queue.add({ sessionId: second, ...asked });
    expect(again).toMatchObject({ ok: true, value: { added: false, position: { position: 2, priority: 'normal' } } });
    expect(await order()).toEqual([first, second]);
  });

  it('refuses a session that cannot wait, and queues nothing', async () => {
    const [ended, assigned] = [session.open(), session.open()];
    await lengthIs(2);
    session.end(ended);
    expect(await queue.claim({ agentId: session.join(), sessionId: assigned })).toMatchObject({ ok: true });
    await lengthIs(0);
    expect(await queue.add({ sessionId: ended, ...asked })).toMatchObject({ ok: false, code: 'SESSION_CLOSED' });
    expect(await queue.add({ sessionId: assigned, ...asked })).toMatchObject({ ok: false, code: 'ALREADY_TAKEN' });
    expect(await queue.add({ sessionId: newId(), ...asked })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    const noId = await queue.add({ sessionId: 'session-123', ...asked });
    expect(noId).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'sessionId' });
    await lengthIs(0);
  });
});
