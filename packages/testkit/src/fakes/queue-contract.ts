import { randomUUID } from 'node:crypto';
import type { QueueApi, QueueStatus } from '@baton/contracts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { FakeCaller } from './direct-caller.ts';
import type { WaitingSessions } from './waiting-sessions.ts';

/** A queue service, real or fake, with the sessions behind it. */
export interface QueueUnderTest {
  queue: FakeCaller<QueueApi>;
  sessions: WaitingSessions;
  /** How often the queue has notified that it changed. */
  changes(): number;
  /** No sessions, no agents, an empty queue. */
  reset(): Promise<void>;
  stop(): unknown;
}

const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
/** The real service is eventually consistent: [Q2] allows 5 s. */
const SOON = { timeout: 5_000, interval: 20 };

/** Registers the tests that the queue service and its fake have in common: what a caller may rely on. */
export function describeQueueContract(start: () => Promise<QueueUnderTest>): void {
  let under: QueueUnderTest;
  beforeAll(async () => {
    under = await start();
  });
  afterAll(() => under.stop());
  beforeEach(() => under.reset());

  const list = async (request: { after?: number; limit?: number } = {}) => {
    const reply = await under.queue.list(request);
    if (!reply.ok) throw new Error(`${reply.code}: ${reply.message}`);
    return reply.value;
  };
  const idsOf = (waiting: readonly QueueStatus[]) => waiting.map(({ sessionId }) => sessionId);
  const orderIs = async (ids: string[]) => {
    await expect.poll(async () => idsOf((await list()).waiting), SOON).toEqual(ids);
  };

  it('[Q1] lists high before normal before low, each by the start of the wait', async () => {
    const { sessions, queue } = under;
    const low = sessions.open({ priority: 'low', since: minutesAgo(3) });
    const second = sessions.open({ since: minutesAgo(2) });
    const high = sessions.open({ priority: 'high', since: minutesAgo(1), reason: 'the bill is wrong' });
    const first = sessions.open({ since: minutesAgo(3) });
    await orderIs([high, first, second, low]);

    const lengths = { high: 1, normal: 2, low: 1, total: 4 };
    expect(await list()).toMatchObject({ lengths, autoAssign: false });
    expect((await list()).waiting[0]).toMatchObject({
      sessionId: high,
      priority: 'high',
      reason: 'the bill is wrong',
      brief: { summary: expect.any(String) },
      epoch: 2,
      position: 1,
      waitedSeconds: expect.any(Number),
    });
    expect(await queue.length({})).toEqual({ ok: true, value: lengths });
    expect(await queue.next({})).toMatchObject({ ok: true, value: { next: { sessionId: high, position: 1 } } });
    expect(await queue.position({ sessionId: second })).toMatchObject({
      ok: true,
      value: { sessionId: second, position: 3, waiting: 4, priority: 'normal', estimate: null },
    });
  });

  it('lists a page at a time, with positions in the whole queue', async () => {
    const ids = [5, 4, 3, 2, 1].map((minutes) => under.sessions.open({ since: minutesAgo(minutes) }));
    await orderIs(ids);
    const page = await list({ after: 1, limit: 2 });
    expect(page.waiting.map(({ sessionId, position }) => [sessionId, position])).toEqual([
      [ids[1], 2],
      [ids[2], 3],
    ]);
    expect(page.lengths.total).toBe(5);
    expect((await list({ after: 9 })).waiting).toEqual([]);
  });

  it('a session that no longer waits has no position', async () => {
    const { sessions, queue } = under;
    const [leaves, stays] = [sessions.open({ since: minutesAgo(2) }), sessions.open()];
    await orderIs([leaves, stays]);
    sessions.end(leaves, 'bot');
    await orderIs([stays]);
    expect(await queue.position({ sessionId: leaves })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(await queue.position({ sessionId: randomUUID() })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });

  it('[C4] a claim assigns the next session, and takes it out of the queue', async () => {
    const { sessions, queue } = under;
    const [first, second] = [sessions.open({ since: minutesAgo(2) }), sessions.open({ since: minutesAgo(1) })];
    await orderIs([first, second]);
    const agentId = sessions.join();
    for (const [expected, left] of [
      [first, [second]],
      [second, []],
    ] as const) {
      expect(await queue.claim({ agentId })).toMatchObject({
        ok: true,
        value: { session: { id: expected, status: 'agent', assignedAgent: agentId }, wait: { sessionId: expected } },
      });
      await orderIs([...left]);
    }
    expect(await queue.claim({ agentId })).toMatchObject({ ok: false, code: 'QUEUE_EMPTY' });
    expect(await queue.next({})).toEqual({ ok: true, value: { next: null } });
  });

  it('[C4] of several agents who claim a session one gets it, and may repeat the claim', async () => {
    const { sessions, queue } = under;
    const sessionId = sessions.open();
    await orderIs([sessionId]);
    const agents = Array.from({ length: 5 }, () => sessions.join());
    const replies = await Promise.all(agents.map((agentId) => queue.claim({ agentId, sessionId })));
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    for (const reply of replies) if (!reply.ok) expect(reply.code).toBe('ALREADY_TAKEN');
    const winner = agents[replies.findIndex(({ ok }) => ok)] ?? '';
    expect(await queue.claim({ agentId: winner, sessionId })).toMatchObject({ ok: true });
  });

  it('refuses a claim by what is wrong with the session or the agent, and the session keeps its position', async () => {
    const { sessions, queue } = under;
    const [bot, closed, waits] = [sessions.open(), sessions.open(), sessions.open()];
    sessions.end(bot, 'bot');
    sessions.end(closed);
    await orderIs([waits]);
    const agentId = sessions.join();
    const refused = async (request: { agentId: string; sessionId?: string }) => {
      const reply = await queue.claim(request);
      return reply.ok ? 'claimed' : reply.code;
    };
    expect(await refused({ agentId, sessionId: bot })).toBe('NOT_WAITING');
    expect(await refused({ agentId, sessionId: closed })).toBe('SESSION_CLOSED');
    expect(await refused({ agentId, sessionId: randomUUID() })).toBe('NOT_FOUND');
    expect(await refused({ agentId: randomUUID() })).toBe('NOT_FOUND');
    expect(await refused({ agentId: sessions.join({ status: 'offline' }) })).toBe('AGENT_OFFLINE');
    expect(await refused({ agentId: sessions.join({ capacity: 0 }) })).toBe('AT_CAPACITY');
    await orderIs([waits]);
  });

  it('adding hands a session off from the bot; one that waits keeps its wait and its position', async () => {
    const { sessions, queue } = under;
    const first = sessions.open({ since: minutesAgo(2), reason: 'first' });
    const sessionId = sessions.open();
    sessions.end(sessionId, 'bot');
    await orderIs([first]);
    const wanted = { reason: 'wants a human', priority: 'normal', metadata: { tier: 'premium' } } as const;
    expect(await queue.add({ sessionId, ...wanted })).toMatchObject({
      ok: true,
      value: { position: { sessionId, position: 2, priority: 'normal' } },
    });
    expect(sessions.session(sessionId).status).toBe('waiting');
    expect((await list()).waiting[1]).toMatchObject({ sessionId, ...wanted });
    expect(await queue.add({ sessionId: first, ...wanted, priority: 'low' })).toMatchObject({
      ok: true,
      value: { added: false, position: { position: 1, priority: 'normal' } },
    });
    expect(await queue.add({ sessionId: randomUUID(), ...wanted })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });

  it('clearing returns every waiting session to the bot, and the queue is empty when it answers', async () => {
    const { sessions, queue } = under;
    const ids = [sessions.open({ since: minutesAgo(2) }), sessions.open()];
    await orderIs(ids);
    expect(await queue.clear({})).toEqual({ ok: true, value: { cleared: 2 } });
    expect((await list()).waiting).toEqual([]);
    for (const sessionId of ids) expect(sessions.session(sessionId).status).toBe('bot');
  });

  it('notifies that the queue has changed', async () => {
    const { sessions, queue, changes } = under;
    const sessionId = sessions.open();
    await orderIs([sessionId]);
    const before = changes();
    expect(await queue.claim({ agentId: sessions.join() })).toMatchObject({ ok: true });
    await expect.poll(changes, SOON).toBeGreaterThan(before);
  });

  it('counts the connected agents; one that has left one gateway may be on another', async () => {
    const { sessions, queue } = under;
    const agentId = sessions.join();
    const on = (gatewayId: string) => [{ agentId, gatewayId }];
    const [ann, bob] = [`gateway-${randomUUID()}`, `gateway-${randomUUID()}`];
    const none = await queue.presence({ present: [] });
    const count = none.ok ? none.value.present : Number.NaN;
    expect(await queue.presence({ present: on(ann) })).toEqual({ ok: true, value: { present: count + 1 } });
    expect(await queue.presence({ present: on(bob) })).toEqual({ ok: true, value: { present: count + 1 } });
    expect(await queue.presence({ present: [], gone: on(ann) })).toEqual({ ok: true, value: { present: count + 1 } });
    expect(await queue.stats({})).toMatchObject({ ok: true, value: { agentsPresent: count + 1 } });
    expect(await queue.presence({ present: [], gone: on(bob) })).toEqual({ ok: true, value: { present: count } });
  });

  it('shows supervisors the longest wait, and operators what is stored', async () => {
    const { sessions, queue } = under;
    const sessionId = sessions.open({ since: minutesAgo(10), priority: 'low' });
    await orderIs([sessionId]);
    const lengths = { high: 0, normal: 0, low: 1, total: 1 };
    const stats = await queue.stats({});
    expect(stats).toMatchObject({ ok: true, value: { lengths } });
    expect(stats.ok && stats.value.longestWaitSeconds).toBeCloseTo(600, -1);
    await expect
      .poll(() => queue.debug({}), SOON)
      .toMatchObject({
        ok: true,
        value: {
          lengths,
          queues: { high: [], normal: [], low: [{ sessionId }] },
          metadata: { [sessionId]: { sessionId, priority: 'low' } },
          claims: [],
          comparison: { inRedis: 1, inRecord: 1, apart: 0 },
        },
      });
    expect(await queue.health({})).toMatchObject({ ok: true, value: { status: 'up', parts: { redis: {}, nats: {} } } });
  });

  it('[S2] refuses input that does not fit, naming the field', async () => {
    const { queue } = under;
    const refusal = { ok: false, code: 'VALIDATION_FAILED', field: 'sessionId' };
    expect(await queue.position({ sessionId: 'nonsense' })).toMatchObject(refusal);
    expect(await queue.add({ sessionId: 'session-123', reason: 'r' })).toMatchObject(refusal);
  });
}
