import { catalogue, type Reply, type SystemHealth } from '@baton/contracts';
import { startSystem, until } from '@baton/testkit';
import { connect } from 'nats';
import { afterAll, expect, it } from 'vitest';
import { bareClient } from '../clients/bare-client.ts';
import { fromSender, startChat } from '../clients/scenarios.ts';

/** What operators see of a running system, with ordinary tools. */
const system = await startSystem({ sessions: 2, workspaces: 1 });
const root = system.space.subjectRoot;
const [door = ''] = system.urls;
const nats = await connect(system.space.nats);
afterAll(() => nats.close());

async function byHand(subject: string, body: unknown = {}): Promise<Reply<Record<string, never>>> {
  const message = await nats.request(`${root}.${subject}`, JSON.stringify(body), { timeout: 15_000 });
  return message.json();
}

/** What the micro services of this installation say of themselves; others may share the server. */
async function ours<T extends { name: string; metadata?: Record<string, string> }>(
  answers: AsyncIterable<T>,
): Promise<T[]> {
  const found: T[] = [];
  for await (const answer of answers) if (answer.metadata?.root === root) found.push(answer);
  return found;
}

it('[O3] discovery shows every service, with every endpoint, its schemas and its refusals', async () => {
  const infos = await ours(await nats.services.client().info());
  expect(infos.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'ai',
    'gateway',
    'queue',
    'session',
    'session',
    'workspace',
  ]);
  for (const api of catalogue.services) {
    const info = infos.find(({ name }) => name === api.name);
    const endpoints = Object.entries(api.endpoints);
    expect(info?.endpoints.map(({ subject }) => subject)).toEqual(
      endpoints.map(([key]) => `${root}.${api.name}.${key}`),
    );
    for (const [key, endpoint] of endpoints) {
      const metadata = info?.endpoints.find(({ name }) => name === key)?.metadata ?? {};
      expect(metadata.summary).toBe(endpoint.summary);
      for (const schema of [metadata.request, metadata.value])
        expect(JSON.parse(schema ?? ''), key).toHaveProperty('$schema');
      expect(metadata.refusals?.split(' ').filter(Boolean)).toEqual([...endpoint.refusals]);
    }
  }
});

it('[O3] a request by hand on each subject is answered in the one shape', async () => {
  for (const api of catalogue.services) {
    for (const key of Object.keys(api.endpoints)) {
      const reply = await byHand(`${api.name}.${key}`);
      expect(typeof reply.ok, `${api.name}.${key}`).toBe('boolean');
      if (!reply.ok)
        expect(reply, `${api.name}.${key}`).toMatchObject({ code: 'VALIDATION_FAILED', message: expect.any(String) });
    }
  }
});

it('[O3] counts are true: they grow by what was asked, over all instances', async () => {
  const counts = async () => {
    const stats = await ours(await nats.services.client().stats('session'));
    const endpoints = stats.flatMap((one) => one.endpoints ?? []).filter(({ name }) => name === 'countEntries');
    const sum = (of: (endpoint: (typeof endpoints)[number]) => number) =>
      endpoints.reduce((total, one) => total + of(one), 0);
    return {
      requests: sum((one) => one.num_requests),
      errors: sum((one) => one.num_errors),
      time: sum((one) => one.processing_time),
    };
  };
  const { customer, sessionId } = await startChat(door, 'counted');
  const before = await counts();
  for (let time = 0; time < 7; time++)
    expect(await byHand('session.countEntries', { sessionId })).toMatchObject({ ok: true });
  for (let time = 0; time < 3; time++)
    expect(await byHand('session.countEntries', { sessionId: 'x' })).toMatchObject({ ok: false });
  const after = await counts();
  expect(after.requests - before.requests).toBe(10);
  expect(after.errors - before.errors).toBe(3);
  expect(after.time).toBeGreaterThan(before.time);
  customer.close();
});

it('[O3] /health tells which part is missing, and whether people can chat', async () => {
  const health = async () => {
    const response = await fetch(`${door}/health`);
    // Our own answer, checked against the contract in the gateway's tests.
    return { http: response.status, body: (await response.json()) as SystemHealth };
  };
  expect(await health()).toMatchObject({ http: 200, body: { status: 'up' } });

  await system.ais[0]?.kill();
  await until(async () => (await health()).body.services.ai.status === 'down', { within: 10_000 });
  expect(await health()).toMatchObject({
    http: 200,
    body: { status: 'degraded', services: { session: { status: 'up' } } },
  });
  await system.ais[0]?.start();

  for (const session of system.sessions) await session.kill();
  await until(async () => (await health()).http === 503, { within: 10_000 });
  expect((await health()).body).toMatchObject({ status: 'down', services: { session: { status: 'down' } } });
  for (const session of system.sessions) await session.start();
  await until(async () => (await health()).body.status === 'up', { within: 15_000 });
});

it('every service tells its figures to Prometheus', async () => {
  const { customer, sessionId } = await startChat(door, 'measured');
  await customer.until('message:received', fromSender('bot'));
  await customer.ask('customer:send_message', { sessionId, content: 'hello' });
  customer.close();
  for (const service of [...system.gateways, ...system.sessions, ...system.queues, ...system.ais]) {
    const response = await fetch(`${service.url}/metrics`);
    expect(response.status, service.name).toBe(200);
    const text = await response.text();
    expect(text, service.name).toMatch(/^baton_request_seconds_count\{.*service="(gateway|session|queue|ai)"/m);
    expect(text, service.name).toMatch(/^process_cpu_user_seconds_total/m);
  }
});

it('GET /api/info says what runs here', async () => {
  const response = await fetch(`${door}/api/info`);
  expect(await response.json()).toMatchObject({
    name: 'baton',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    features: expect.any(Object),
  });
});

it('[S5] no log line holds message text, tokens or keys', async () => {
  const secretWord = 'xylophone-of-the-customer';
  const { customer, sessionId, created } = await startChat(door, 'private');
  await customer.ask('customer:send_message', { sessionId, content: `My password is ${secretWord}` });
  await customer.until('message:received', (message) => message.sender === 'bot' && message.inReplyTo > 1, 20_000);
  const bad = bareClient(door);
  await bad.ask('customer:resume_chat', { sessionId, token: `${created.token}x` });
  bad.close();
  customer.close();
  const lines = [...system.gateways, ...system.sessions, ...system.queues, ...system.ais].flatMap(({ log }) => log);
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => line.includes(secretWord) || line.includes(created.token))).toEqual([]);
});
