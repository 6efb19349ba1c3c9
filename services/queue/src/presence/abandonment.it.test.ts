import { accept, gatewayApi, type Position } from '@baton/contracts';
import { createLog, createMetrics, serve } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import type { Subscription } from 'nats';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, order, lengthIs, nats, subjects, redis, key } = installation;

/** What a gateway answers for the customers that it has on sockets. */
const { connections } = gatewayApi.endpoints;
const gateway = await serve({
  nats,
  api: { ...gatewayApi, endpoints: { connections } },
  handlers: {
    connections: async () => accept({ instance: 'gateway', sockets: 1, customers: 1, agents: 0, sessionsWatched: 1 }),
  },
  subjects,
  version: '0.0.0',
  log: createLog({ service: 'gateway', instance: 'gateway', level: 'silent' }),
  metrics: createMetrics('gateway'),
});
afterAll(gateway.stop);
const openPage = (sessionId: string): Subscription =>
  nats.subscribe(subjects.live(sessionId, 'attendance'), { callback: (_, message) => void message.respond('{}') });

await installation.startQueue();
await installation.startQueue();
beforeEach(installation.empty);
const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;

it('[S6] [Q1] [Q2] [Q4] a place without a page stands behind those present in its level, and is kept for whoever is back', async () => {
  const since = minutesAgo(9);
  const left = session.open({ since });
  const page = openPage(left);
  const there = session.open({ since: minutesAgo(2) });
  openPage(there);
  const low = session.open({ since: minutesAgo(3), priority: 'low' });
  openPage(low);
  await lengthIs(3);
  expect(await order()).toEqual([left, there, low]);

  page.unsubscribe();
  const orderIs = (wanted: string[], within = 15_000) =>
    until(async () => (await order()).join() === wanted.join(), { within, what: `the order ${wanted.join()}` });
  const told: Position[] = [];
  nats.subscribe(subjects.live(there, 'position'), {
    callback: (_, message) => void told.push(message.json<Position>()),
  });
  await orderIs([there, left, low]);
  expect(await queue.position({ sessionId: left })).toMatchObject({ value: { position: 2 } });
  await until(() => told.at(-1)?.position === 1);
  // What is kept of its wait is its own.
  expect(await queue.debug({})).toMatchObject({
    value: { queues: { normal: expect.arrayContaining([expect.objectContaining({ sessionId: left })]) } },
  });

  await installation.loseRedisData();
  await lengthIs(3);
  await orderIs([there, left, low], 10_000);

  openPage(left);
  await orderIs([left, there, low]);
  expect(await redis.zscore(key('queue:normal'), left)).toBe(String(since));
});

it('[S6] whoever asks for the next is given one who is there; when nobody is, the first who left', async () => {
  const left = session.open({ since: minutesAgo(9) });
  const there = session.open({ since: minutesAgo(2) });
  openPage(there);
  await lengthIs(2);
  await until(async () => (await order())[0] === there, { within: 15_000, what: 'the one who left to be passed' });
  const agentId = session.join({ capacity: 10 });
  for (const expected of [there, left])
    expect(await queue.claim({ agentId })).toMatchObject({ ok: true, value: { session: { id: expected } } });
});
