import { type SystemHealth, systemHealth } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterEach, expect, it } from 'vitest';
import { type GatewayProcess, spawnGateway } from '../test/gateway-process.ts';
import { startSystem } from '../test/system.ts';

const space = await testSpace();
const { services, client, customer } = await startSystem(space);
const running: GatewayProcess[] = [];
const start = (env: Record<string, string>) => {
  const one = spawnGateway(space, env);
  running.push(one);
  return one;
};
afterEach(async () => {
  for (const one of running.splice(0)) {
    one.signal('SIGKILL');
    await one.exited;
  }
});

/** An empty variable counts as one that is not set. */
const unset = { NODE_ENV: '', HOST: '', HEALTH_HOST: '', SESSION_SECRET: '' };
const production = {
  ...unset,
  NODE_ENV: 'production',
  SESSION_SECRET: 's'.repeat(32),
  AGENT_KEY: 'a'.repeat(24),
  ADMIN_KEY: 'b'.repeat(24),
};
const portsOf = async (gateway: GatewayProcess) => {
  const line = await until(() => gateway.lines().find(({ msg }) => msg === 'listening'), { within: 60_000 });
  return { outer: Number(line.port), inner: Number(line.healthPort), host: line.host };
};
/** Another address of this machine: who listens on all answers there, too. */
const answersElsewhere = (port: number) =>
  fetch(`http://127.0.0.2:${port}/live`, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );

it('[S8] listens on this machine alone when no setting says otherwise', async () => {
  const gateway = start(unset);
  const { outer, inner, host } = await portsOf(gateway);
  expect(host).toBe('127.0.0.1');
  for (const port of [outer, inner]) {
    expect((await fetch(`http://127.0.0.1:${port}/live`)).status).toBe(204);
    expect(await answersElsewhere(port)).toBe(false);
  }
  expect(gateway.lines().filter(({ msg }) => String(msg).startsWith('AGENT_KEY'))).toEqual([]);
});

it('[S8] says once that anybody may be an agent, when it listens beyond this machine without keys', async () => {
  const gateway = start({ ...unset, HOST: '0.0.0.0' });
  await portsOf(gateway);
  expect(gateway.lines().filter(({ msg }) => String(msg).startsWith('AGENT_KEY'))).toMatchObject([
    { level: 'warn', host: '0.0.0.0' },
  ]);
});

it('[S8] names every secret that production lacks, in one line, and does not start', async () => {
  const passwords = {
    DATABASE_URL: 'postgresql://chat_user:chat_password@db/chat_db',
    REDIS_PASSWORD: 'redis_password',
  };
  const gateway = start({ ...unset, NODE_ENV: 'production', AGENT_KEY: '', ADMIN_KEY: '', ...passwords });
  expect(await gateway.exited).toBe(78);
  expect(gateway.errors().trim().split('\n')).toHaveLength(1);
  for (const name of ['SESSION_SECRET', 'AGENT_KEY', 'ADMIN_KEY', 'DATABASE_URL', 'REDIS_PASSWORD'])
    expect(gateway.errors()).toContain(`${name}: `);
  expect(gateway.errors()).not.toContain('chat_password');
});

it('[S8] signs with a secret of its own when it is given none, and says so in one line', async () => {
  const [one, other] = [start(unset), start(unset)];
  const ann = await customer(await one.up());
  const { sessionId, token } = ann;
  const resume = async (gateway: GatewayProcess) =>
    client(await gateway.up()).ask('customer:resume_chat', { sessionId, token, lastSeq: 0 });
  expect(await resume(one)).toMatchObject({ ok: true });
  expect(await resume(other)).toMatchObject({ ok: false });
  for (const gateway of [one, other])
    expect(gateway.lines().filter(({ msg }) => String(msg).startsWith('SESSION_SECRET is not set'))).toHaveLength(1);
});

it('[S8] [O3] tells customers in production whether they can chat, and operators everything, inside', async () => {
  const gateway = start(production);
  const { outer, inner, host } = await portsOf(gateway);
  expect(host).toBe('0.0.0.0');
  expect(await answersElsewhere(inner)).toBe(false);
  const ask = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    return { code: response.status, body: (await response.json()) as SystemHealth };
  };
  const outside = await ask(outer);
  expect(outside).toEqual({ code: 200, body: { status: 'up', timestamp: expect.any(String) } });
  expect(systemHealth.parse((await ask(inner)).body).services.session.status).toBe('up');
  expect((await fetch(`http://127.0.0.1:${outer}/metrics`)).status).toBe(404);
  expect(await (await fetch(`http://127.0.0.1:${inner}/metrics`)).text()).toContain('baton_sockets{');

  // What is no more than degraded is nothing that customers need to know.
  services.faults.healthDown.add('queue');
  await until(async () => (await ask(inner)).body.status === 'degraded');
  expect((await ask(outer)).body).toEqual({ status: 'up', timestamp: expect.any(String) });
  services.faults.healthDown.add('session');
  await until(async () => (await ask(inner)).code === 503);
  expect(await ask(outer)).toEqual({ code: 503, body: { status: 'down', timestamp: expect.any(String) } });
});
