import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { freePort, until } from '../index.ts';
import { endOfLog, type ServiceProcess, startService, well } from './service-process.ts';

const folder = await mkdtemp(join(tmpdir(), 'baton-service-'));
afterAll(() => rm(folder, { recursive: true }));

async function service(env: Record<string, string> = {}): Promise<ServiceProcess & { healthUrl: string }> {
  const port = await freePort();
  const healthUrl = `http://127.0.0.1:${port}/health`;
  const program = fileURLToPath(new URL('fixtures/service.ts', import.meta.url));
  const started = await startService({
    name: 'fake-1',
    program,
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    healthUrl,
    folder,
  });
  onTestFinished(() => started.kill().then(() => {}));
  return Object.assign(Object.create(started), { healthUrl });
}

it('waits until the service is well, and collects what it writes', async () => {
  const fake = await service();
  await well(fake, fake.healthUrl);
  expect(await (await fetch(fake.url)).text()).toBe('');
  expect(endOfLog(fake)).toMatch(/--- fake-1, the last 1 of 1 lines\nlistening on \d+/);
});

it('says at once why a service did not start', async () => {
  const fake = await service({ FAKE: 'refuses' });
  await expect(well(fake, fake.healthUrl)).rejects.toThrow(
    /ended while starting \(with code 78\)[\s\S]*PORT: must be a port/,
  );
});

it('ends a service by SIGTERM, and starts it again at the same address', async () => {
  const fake = await service();
  await well(fake, fake.healthUrl);
  const before = fake.pid;
  expect(await fake.term()).toEqual({ code: 0, signal: null });
  await expect(fetch(fake.url)).rejects.toThrow();
  await fake.start();
  expect(fake.pid).not.toBe(before);
  expect((await fetch(fake.url)).status).toBe(200);
  expect(fake.unexpectedExit).toBeUndefined();
});

it('kills a service, which is not unexpected', async () => {
  const fake = await service();
  await well(fake, fake.healthUrl);
  expect(await fake.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  expect(fake.unexpectedExit).toBeUndefined();
});

it('kills a service that does not end on SIGTERM, and says so in its log', async () => {
  const fake = await service({ FAKE: 'stubborn' });
  await well(fake, fake.healthUrl);
  expect(await fake.term(300)).toEqual({ code: null, signal: 'SIGKILL' });
  expect(fake.log).toContain('(fake-1 did not end within 300 ms of SIGTERM and was killed)');
});

it('notices an end that nobody asked for', async () => {
  const fake = await service();
  await well(fake, fake.healthUrl);
  await fetch(`${fake.url}/crash`).catch(() => {});
  await until(() => fake.exit, { what: 'the crash was noticed' });
  expect(fake.unexpectedExit).toEqual({ code: 7, signal: null });
});

it('pauses and resumes a service, and ends one that is paused', async () => {
  const fake = await service();
  await well(fake, fake.healthUrl);
  fake.pause();
  await expect(fetch(fake.url, { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/);
  fake.resume();
  expect((await fetch(fake.url)).status).toBe(200);
  fake.pause();
  expect(await fake.term()).toEqual({ code: 0, signal: null });
  expect(await readdir(folder)).toEqual([]);
});
