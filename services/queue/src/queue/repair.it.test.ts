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

const Q2_MS = 5_000;
const byText = (a: string, b: string) => a.localeCompare(b);
const priorities = ['high', 'normal', 'low'] as const;

beforeEach(installation.empty);

const someWaiting = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    session.open({ priority: priorities[index % 3] ?? 'normal', since: Date.now() - ((index * 7919) % count) * 1_000 }),
  );

describe('[Q2] within 5 s of any fault every waiting session is queued, and no other', () => {
  it('when Redis loses all data: no session is lost and the order is kept', async () => {
    someWaiting(60);
    await lengthIs(60);
    const before = await order();
    expect(await installation.loseRedisData()).toBeGreaterThan(5);
    await lengthIs(60, Q2_MS);
    expect(await order()).toEqual(before);
  });

  it('when one priority is lost', async () => {
    someWaiting(30);
    await lengthIs(30);
    const before = await order();
    await redis.del(key('queue:normal'));
    await lengthIs(20);
    await lengthIs(30, Q2_MS);
    expect(await order()).toEqual(before);
  });

  it('when metadata and epochs are lost', async () => {
    someWaiting(9);
    await lengthIs(9);
    const before = await order();
    await redis.del(key('queue_metadata'), key('queue:epochs'));
    await until(async () => (await order()).length === 9, { within: Q2_MS });
    expect(await order()).toEqual(before);
  });

  it('when events are lost, in both directions', async () => {
    const leaves = session.open();
    await lengthIs(1);
    session.faults.publishesEvents = false;
    const comes = session.open();
    session.end(leaves);
    await until(async () => (await order()).join() === comes, { within: Q2_MS });
  });

  it('when a session is queued that does not wait, or twice, or with the wrong priority or start', async () => {
    const misplaced = session.open({ since: Date.now() - 5_000 });
    const [doubled, doubledToo] = [session.open({ priority: 'high' }), session.open({ priority: 'low' })];
    await lengthIs(3);
    const before = await order();
    await redis.zadd(key('queue:high'), 1, newId());
    await redis.zadd(key('queue:low'), 1, doubled);
    await redis.zadd(key('queue:high'), 1, doubledToo);
    await redis.zadd(key('queue:normal'), Date.now() + 60_000, misplaced);
    await until(async () => (await order()).join() === before.join(), { within: Q2_MS });
    await lengthIs(3);
  });

  it('with 10,000 waiting: all have their positions again within 5 s', async () => {
    session.faults.publishesEvents = false;
    someWaiting(10_000);
    const began = performance.now();
    await lengthIs(10_000, Q2_MS);
    const built = performance.now() - began;
    const before = await order();
    const sample = [before[0], before[500], before[999]].map(String);
    const positions = () => Promise.all(sample.map((sessionId) => queue.position({ sessionId })));
    const told = await positions();

    await installation.loseRedisData();
    const lost = performance.now();
    await lengthIs(10_000, Q2_MS);
    const rebuilt = performance.now() - lost;
    expect(Math.max(built, rebuilt)).toBeLessThan(Q2_MS);
    expect(await order()).toEqual(before);
    expect(await positions()).toEqual(told);
    process.stderr.write(`10,000 in the queue: built ${Math.round(built)} ms, rebuilt ${Math.round(rebuilt)} ms\n`);
  });
});

it('while the queue is being rebuilt, no caller is told that no session waits', async () => {
  const sessionId = session.open();
  await lengthIs(1);
  const agentId = session.join();
  session.faults.publishesEvents = false;
  await installation.loseRedisData();
  const [claim, position] = await Promise.all([queue.claim({ agentId }), queue.position({ sessionId })]);
  for (const reply of [claim, position]) expect(['given', 'UNAVAILABLE']).toContain(reply.ok ? 'given' : reply.code);
});

it('reconciliation never removes a session that started to wait after Postgres was read', async () => {
  // Sessions wait, leave and wait again all the time, while two instances reconcile without pause.
  const ids = someWaiting(20);
  await lengthIs(20);
  const until1500 = performance.now() + 1_500;
  while (performance.now() < until1500) {
    const id = ids[Math.floor(Math.random() * ids.length)] ?? '';
    if (session.session(id).status === 'waiting') session.end(id, 'bot');
    else session.waitAgain(id, 'normal');
    if (Math.random() < 0.05) await queue.clear({}).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  const waiting = ids.filter((id) => session.session(id).status === 'waiting').toSorted(byText);
  await until(async () => (await order()).toSorted(byText).join() === waiting.join(), { within: Q2_MS });
});
