import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../ports/ports.ts';
import { rememberedPorts } from '../ports/remembered-ports.ts';
import { healthUrlOf, innerPorts, services, urlOf } from './services.ts';

const find = (env: Record<string, string>, name: string) => services(env).find((service) => service.name === name);

it('starts the offline model first, and gives its address to the ai service only', () => {
  const all = services({ OFFLINE_MODEL_PORT: '4010' });
  expect(all.map(({ name }) => name)).toEqual(['offline-model', 'session', 'workspace', 'queue', 'ai', 'gateway']);
  expect(find({ OFFLINE_MODEL_PORT: '4010' }, 'ai')?.env).toMatchObject({
    OPENAI_BASE_URL: 'http://127.0.0.1:4010/v1',
    OPENAI_MODEL: 'baton-offline',
    HEALTH_PORT: '3013',
  });
  expect(find({}, 'session')?.env.OPENAI_BASE_URL).toBeUndefined();
});

it('leaves the offline model out when a real one is named', () => {
  for (const env of [{ OPENAI_API_KEY: 'key' }, { OPENAI_BASE_URL: 'http://localhost:11434/v1' }]) {
    expect(find(env, 'offline-model')).toBeUndefined();
    expect(find(env, 'ai')?.env).toMatchObject(env);
  }
});

it("takes the guide's placeholder for no key, and an endpoint's own word for one", () => {
  const placeholder = { OPENAI_API_KEY: 'your_openai_api_key_here' };
  expect(find(placeholder, 'offline-model')).toBeDefined();
  expect(find(placeholder, 'ai')?.env).toMatchObject({ OPENAI_API_KEY: 'offline', OPENAI_MODEL: 'baton-offline' });
  const withEndpoint = { ...placeholder, OPENAI_BASE_URL: 'http://localhost:11434/v1' };
  expect(find(withEndpoint, 'offline-model')).toBeUndefined();
  expect(find(withEndpoint, 'ai')?.env).toMatchObject(withEndpoint);
});

it('gives PORT to the gateway, and to each other service its own', () => {
  const env = { PORT: '4001', QUEUE_HEALTH_PORT: '4012' };
  expect(find(env, 'gateway')?.env).toMatchObject({ PORT: '4001', HEALTH_PORT: '3010' });
  expect(find(env, 'gateway')).toMatchObject({ ports: [{ port: 4001 }, { port: 3010 }], innerPort: 3010 });
  expect(find(env, 'queue')?.env).toMatchObject({ HEALTH_PORT: '4012' });
  expect(find(env, 'queue')?.env.PORT).toBeUndefined();
  expect(find(env, 'offline-model')?.env.PORT).toBe('3014');
});

it('says where people and health are, as seen from this machine', () => {
  expect(urlOf({ PORT: '4001' })).toBe('http://localhost:4001');
  expect(urlOf({ HOST: '0.0.0.0' })).toBe('http://localhost:3001');
  expect(urlOf({ HOST: '192.0.2.7' })).toBe('http://192.0.2.7:3001');
  expect(healthUrlOf({ HOST: '192.0.2.7', GATEWAY_HEALTH_PORT: '4010' })).toBe('http://localhost:4010/health');
  expect(healthUrlOf({ HEALTH_HOST: '192.0.2.7' })).toBe('http://192.0.2.7:3010/health');
});

it('names a port that is none', () => {
  expect(() => services({ PORT: 'http' })).toThrow(/^PORT must be a port/);
  expect(() => services({ AI_HEALTH_PORT: '70000' })).toThrow(/^AI_HEALTH_PORT must be a port/);
});

it('chooses other ports inside when the usual are taken, and the same at the next start', async () => {
  const data = await mkdtemp(join(tmpdir(), 'baton-ports-'));
  onTestFinished(() => rm(data, { recursive: true }));
  const remembered = rememberedPorts(data);
  const taken = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, resolve));
  onTestFinished(() => void server.close());
  // As if this clone had had it, and another has it now.
  for (const name of ['session', 'workspace', 'queue', 'ai', 'offline-model', 'gateway']) remembered.set(name, taken);

  const first = await innerPorts({ AI_HEALTH_PORT: '4013' }, remembered);
  expect(Object.keys(first).sort((a, b) => a.localeCompare(b))).toEqual([
    'GATEWAY_HEALTH_PORT',
    'OFFLINE_MODEL_PORT',
    'QUEUE_HEALTH_PORT',
    'SESSION_HEALTH_PORT',
    'WORKSPACE_HEALTH_PORT',
  ]);
  expect(new Set(Object.values(first)).size).toBe(5);
  expect(Object.values(first)).not.toContain(String(taken));
  expect(await innerPorts({ AI_HEALTH_PORT: '4013' }, rememberedPorts(data))).toEqual(first);
  // Also when it is not the usual one, which this clone could have had.
  expect(rememberedPorts(data).get('session')).toBe(Number(first.SESSION_HEALTH_PORT));
  const other = await freePort();
  rememberedPorts(data).set('queue', other);
  expect(await innerPorts({}, rememberedPorts(data))).toMatchObject({ QUEUE_HEALTH_PORT: String(other) });
});
