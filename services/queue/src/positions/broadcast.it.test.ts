import { type Position, position } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, nats, subjects } = installation;

// Everything that customers are told, as the gateways see it.
const told: (Position & { at: number })[] = [];
let hints = 0;
nats.subscribe(subjects.live('*', 'position'), {
  callback: (_error, message) => told.push({ ...position.parse(message.json()), at: performance.now() }),
});
nats.subscribe(subjects.queueChanged, { callback: () => hints++ });

await installation.startQueue();
await installation.startQueue();
beforeEach(async () => {
  await installation.empty();
  told.splice(0);
});

const last = (sessionId: string) => told.findLast((one) => one.sessionId === sessionId);
const isTold = (sessionId: string, expected: Partial<Position>, within = 2_000) =>
  until(
    () => {
      expect(last(sessionId)).toMatchObject(expected);
      return true;
    },
    { within },
  );

describe('[Q4] a waiting customer is told its place, and told again when it changes', () => {
  it('at once, and as it moves forward', async () => {
    const [first, second, third] = [3, 2, 1].map((minutes) =>
      session.open({ since: Date.now() - minutes * 60_000 }),
    ) as [string, string, string];
    await isTold(first, { position: 1, waiting: 3, priority: 'normal', estimate: null });
    await isTold(second, { position: 2 });
    await isTold(third, { position: 3 });
    session.end(first);
    await isTold(second, { position: 1 }, 1_000);
    await isTold(third, { position: 2, waiting: 2 }, 1_000);
    // Somebody more urgent comes.
    const urgent = session.open({ priority: 'high' });
    await isTold(urgent, { position: 1 }, 1_000);
    await isTold(second, { position: 2 }, 1_000);
  });

  it('what is told is what is asked', async () => {
    session.handled([60, 120, 180, 240, 300]);
    session.join({ capacity: 2 });
    const sessionId = session.open();
    await installation.lengthIs(1);
    const asked = await queue.position({ sessionId });
    if (!asked.ok) throw new Error(asked.message);
    await isTold(sessionId, asked.value);
  });

  it('with whether an agent is online, and again when one comes or the last one goes', async () => {
    const sessionId = session.open();
    await isTold(sessionId, { position: 1, online: false }, 4_000);
    const agentId = session.join();
    await isTold(sessionId, { position: 1, online: true }, 3_000);
    expect(await queue.position({ sessionId })).toMatchObject({ ok: true, value: { online: true } });
    session.leave(agentId);
    // Whoever asks is not told what was so a second ago: nothing would correct it.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await queue.position({ sessionId })).toMatchObject({ ok: true, value: { online: false } });
    await isTold(sessionId, { position: 1, online: false }, 3_000);
  });

  it('is not told again when somebody joins behind it', async () => {
    const first = session.open({ since: Date.now() - 60_000 });
    await isTold(first, { position: 1 });
    for (let count = 2; count <= 5; count++) {
      await isTold(session.open(), { position: count });
      // Long enough for whoever pushes to have looked.
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    // Joining tells at once, and the instance that pushes may tell the same once more.
    expect(told.filter(({ sessionId }) => sessionId === first).length).toBeLessThanOrEqual(2);
  });

  it('is not told again while nothing changes', async () => {
    const ids = [session.open(), session.open(), session.open()];
    await installation.lengthIs(3);
    await isTold(ids[2] ?? '', {});
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = told.length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(told.length).toBe(before);
  });

  it('with many waiting the front is told promptly, and everybody in the end', async () => {
    session.faults.announces = false;
    const ids = Array.from({ length: 1_000 }, (_, index) =>
      session.open({ since: Date.now() - 3_600_000 + index * 1_000 }),
    );
    await installation.lengthIs(1_000);
    await until(() => new Set(told.map(({ sessionId }) => sessionId)).size === 1_000, { within: 12_000 });
    for (const [index, sessionId] of ids.entries()) expect(last(sessionId)?.position).toBe(index + 1);

    session.faults.announces = true;
    const began = performance.now();
    session.end(ids[0] ?? '');
    await isTold(ids[150] ?? '', { position: 150 }, 1_500);
    await until(() => ids.slice(1).every((sessionId, index) => last(sessionId)?.position === index + 1), {
      within: 12_000,
      what: 'everybody is told of the one place less',
    });
    expect(performance.now() - began).toBeLessThan(12_000);
  });
});

it('the hint that the queue has changed is coalesced, however many change it', async () => {
  const before = hints;
  for (let count = 0; count < 200; count++) session.open();
  const began = performance.now();
  await installation.lengthIs(200);
  const took = performance.now() - began;
  expect(hints).toBeGreaterThan(before);
  // Two instances, each at most once in 250 ms, and once at the beginning.
  expect(hints - before).toBeLessThanOrEqual(2 * (Math.ceil(took / 250) + 2));
});
