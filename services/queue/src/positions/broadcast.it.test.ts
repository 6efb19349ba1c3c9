import { channels, type Position } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, bus } = installation;

// Every position that is sent, as the gateways receive it.
const sent: (Position & { at: number })[] = [];
let notifications = 0;
bus.subscribe(channels.live.position, {}, (position) => sent.push({ ...position, at: performance.now() }));
bus.subscribe(channels.queue.changed, {}, () => notifications++);

await installation.startQueue();
await installation.startQueue();
beforeEach(async () => {
  await installation.empty();
  sent.splice(0);
});

const last = (sessionId: string) => sent.findLast((one) => one.sessionId === sessionId);
const isSent = (sessionId: string, expected: Partial<Position>, within = 2_000) =>
  until(
    () => {
      expect(last(sessionId)).toMatchObject(expected);
      return true;
    },
    { within },
  );

describe('[Q4] a waiting customer is sent the position, and again when it changes', () => {
  it('at once, and as it moves forward', async () => {
    const [first, second, third] = [3, 2, 1].map((minutes) =>
      session.open({ since: Date.now() - minutes * 60_000 }),
    ) as [string, string, string];
    await isSent(first, { position: 1, waiting: 3, priority: 'normal', estimate: null });
    await isSent(second, { position: 2 });
    await isSent(third, { position: 3 });
    session.end(first);
    await isSent(second, { position: 1 }, 1_000);
    await isSent(third, { position: 2, waiting: 2 }, 1_000);
    // A more urgent session joins.
    const urgent = session.open({ priority: 'high' });
    await isSent(urgent, { position: 1 }, 1_000);
    await isSent(second, { position: 2 }, 1_000);
  });

  it('the position sent is the one a request returns', async () => {
    session.handled([60, 120, 180, 240, 300]);
    session.join({ capacity: 2 });
    const sessionId = session.open();
    await installation.lengthIs(1);
    const asked = await queue.position({ sessionId });
    if (!asked.ok) throw new Error(asked.message);
    await isSent(sessionId, asked.value);
  });

  it('with whether an agent is online, and again when one comes or the last one goes', async () => {
    const sessionId = session.open();
    await isSent(sessionId, { position: 1, online: false }, 4_000);
    const agentId = session.join();
    await isSent(sessionId, { position: 1, online: true }, 3_000);
    expect(await queue.position({ sessionId })).toMatchObject({ ok: true, value: { online: true } });
    session.agent(agentId).status = 'offline';
    // A reply is never a second old: nothing would correct it.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await queue.position({ sessionId })).toMatchObject({ ok: true, value: { online: false } });
    await isSent(sessionId, { position: 1, online: false }, 3_000);
  });

  it('is not sent again when a session joins behind it', async () => {
    const first = session.open({ since: Date.now() - 60_000 });
    await isSent(first, { position: 1 });
    for (let count = 2; count <= 5; count++) {
      await isSent(session.open(), { position: count });
      // Long enough for a run of the broadcast.
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    // Joining sends it at once, and the broadcast may send the same once more.
    expect(sent.filter(({ sessionId }) => sessionId === first).length).toBeLessThanOrEqual(2);
  });

  it('is not sent again while nothing changes', async () => {
    const ids = [session.open(), session.open(), session.open()];
    await installation.lengthIs(3);
    await isSent(ids[2] ?? '', {});
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = sent.length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(sent.length).toBe(before);
  });

  it('with many waiting the front is sent promptly, and all in the end', async () => {
    session.faults.publishesEvents = false;
    const ids = Array.from({ length: 1_000 }, (_, index) =>
      session.open({ since: Date.now() - 3_600_000 + index * 1_000 }),
    );
    await installation.lengthIs(1_000);
    await until(() => new Set(sent.map(({ sessionId }) => sessionId)).size === 1_000, { within: 12_000 });
    for (const [index, sessionId] of ids.entries()) expect(last(sessionId)?.position).toBe(index + 1);

    session.faults.publishesEvents = true;
    const began = performance.now();
    session.end(ids[0] ?? '');
    await isSent(ids[150] ?? '', { position: 150 }, 1_500);
    await until(() => ids.slice(1).every((sessionId, index) => last(sessionId)?.position === index + 1), {
      within: 12_000,
      what: 'every position is sent, one lower',
    });
    expect(performance.now() - began).toBeLessThan(12_000);
  });
});

it('the notification that the queue has changed is coalesced, however often it changes', async () => {
  const before = notifications;
  for (let count = 0; count < 200; count++) session.open();
  const began = performance.now();
  await installation.lengthIs(200);
  const took = performance.now() - began;
  expect(notifications).toBeGreaterThan(before);
  // Two instances, each at most once in 250 ms, and once at the beginning.
  expect(notifications - before).toBeLessThanOrEqual(2 * (Math.ceil(took / 250) + 2));
});
