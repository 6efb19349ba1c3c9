import { testSpace, until } from '@baton/testkit';
import { startFaultProxy } from '@baton/testkit/fault-proxy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { granted, startTestGateway, type TestGateway } from '../test/gateways.ts';
import { startSystem } from '../test/system.ts';

const space = await testSpace();
const { services, left, client, customer, agent } = await startSystem(space);
const nats = await startFaultProxy(space.natsUrl);
const redis = await startFaultProxy(space.redisUrl);
let behind: TestGateway;

beforeAll(async () => {
  behind = await startTestGateway(space, 'behind', { NATS_URL: nats.url, REDIS_URL: redis.url });
});
afterAll(async () => {
  await behind.stop();
  await Promise.all([nats.close(), redis.close()]);
});

const health = async () => {
  const response = await fetch(`${behind.url}/health`);
  return { code: response.status, ...((await response.json()) as { status: string; services: object }) };
};

it('[M5] [O2] with NATS away users are told; what was said meanwhile is shown within 5 s of its return', async () => {
  const ann = await customer(behind);
  services.botSays(ann.sessionId, 'before');
  await until(() => ann.seqs(ann.sessionId).length === 1);
  nats.trouble({ cut: true });
  services.botSays(ann.sessionId, 'meanwhile');
  const told = await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'Anybody?' });
  expect(told).toMatchObject({ ok: false, code: 'TIMEOUT' });
  expect(await health()).toMatchObject({ code: 503, status: 'down', services: { nats: { status: 'down' } } });
  nats.heal();
  await until(() => ann.seqs(ann.sessionId).length >= 2, { within: 5_000 });
  granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'There you are' }));
  await until(() => ann.of('message:received').at(-1)?.content === 'There you are');
  await until(async () => (await health()).status === 'up');
});

it('[O2] with Redis away chats go on, agents see the queue a little late, and all is well when it is back', async () => {
  const ann = await customer(left);
  const eve = await agent(behind);
  await until(() => eve.of('queue:update').length > 0);
  redis.trouble({ cut: true });
  await until(async () => (await health()).status === 'degraded');
  expect((await health()).code).toBe(200);
  granted(await ann.ask('customer:request_agent', { sessionId: ann.sessionId }));
  await until(() => eve.of('queue:update').at(-1)?.total === 1);

  // A gateway starts without it, too.
  const late = await startTestGateway(space, 'late', { REDIS_URL: redis.url });
  await customer(late);
  await late.stop();

  redis.heal();
  await until(async () => (await health()).status === 'up');
  const supervisor = client(left);
  granted(await supervisor.ask('admin:clear_queue', {}));
  await until(() => eve.of('queue:update').at(-1)?.total === 0);
  // Whichever gateway gets the notification, all agents have the queue at once, and not only when their own gateway
  // looks.
  for (let total = 1; total <= 8; total++) {
    const chat = services.session.open();
    services.handOff(chat, 'normal', 'help');
    await until(() => eve.of('queue:update').at(-1)?.total === total, { within: 1_500 });
  }
});
