import { accept, channels, gatewayApi, type Position } from '@baton/contracts';
import type { ChannelSubscription } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, order, lengthIs, bus, newBus, redis, key } = installation;

/** A gateway with the customers whose page is open. */
const { connections } = gatewayApi.endpoints;
const gateway = await newBus().serve(
  { ...gatewayApi, endpoints: { connections } },
  {
    connections: async () => accept({ instance: 'gateway', sockets: 1, customers: 1, agents: 0, sessionsWatched: 1 }),
  },
);
afterAll(gateway.stop);
const openPage = (session: string): ChannelSubscription =>
  bus.subscribe(channels.live.attendance, { session }, () => true);

await installation.startQueue();
await installation.startQueue();
beforeEach(installation.empty);
const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;

it('[S6] [Q1] [Q2] [Q4] an away session sorts behind the present ones of its priority, and has its position again when it is back', async () => {
  const since = minutesAgo(9);
  const away = session.open({ since });
  const page = openPage(away);
  const present = session.open({ since: minutesAgo(2) });
  openPage(present);
  const low = session.open({ since: minutesAgo(3), priority: 'low' });
  openPage(low);
  await lengthIs(3);
  expect(await order()).toEqual([away, present, low]);

  await page.leave();
  const orderIs = (wanted: string[], within = 15_000) =>
    until(async () => (await order()).join() === wanted.join(), { within, what: `the order ${wanted.join()}` });
  const sent: Position[] = [];
  bus.subscribe(channels.live.position, { session: present }, (position) => sent.push(position));
  await orderIs([present, away, low]);
  expect(await queue.position({ sessionId: away })).toMatchObject({ value: { position: 2 } });
  await until(() => sent.at(-1)?.position === 1);
  // Redis still has the start of its own wait.
  expect(await queue.debug({})).toMatchObject({
    value: { queues: { normal: expect.arrayContaining([expect.objectContaining({ sessionId: away })]) } },
  });

  await installation.loseRedisData();
  await lengthIs(3);
  await orderIs([present, away, low], 10_000);

  openPage(away);
  await orderIs([away, present, low]);
  expect(await redis.zscore(key('queue:normal'), away)).toBe(String(since));
});

it('[S6] a claim of the next session gets a present one first, then the one whose customer has left', async () => {
  const away = session.open({ since: minutesAgo(9) });
  const present = session.open({ since: minutesAgo(2) });
  openPage(present);
  await lengthIs(2);
  await until(async () => (await order())[0] === present, { within: 15_000, what: 'the present session to be first' });
  const agentId = session.join({ capacity: 10 });
  for (const expected of [present, away])
    expect(await queue.claim({ agentId })).toMatchObject({ ok: true, value: { session: { id: expected } } });
});
