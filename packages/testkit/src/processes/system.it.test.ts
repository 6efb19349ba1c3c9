import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type SystemOptions, startSystem, until } from '../index.ts';

const fake = fileURLToPath(new URL('fixtures/service.ts', import.meta.url));
const programs = { model: fake, session: fake, queue: fake, ai: fake, gateway: fake };
const start = (options: SystemOptions = {}) => startSystem({ programs, ...options });

it('runs as many of each as asked for, all in the same space', async () => {
  const system = await start({ gateways: 2, sessions: 2 });
  const all = [system.model, ...system.sessions, ...system.queues, ...system.ais, ...system.gateways];
  expect(all.map(({ name }) => name)).toEqual([
    'model-1',
    'session-1',
    'session-2',
    'queue-1',
    'ai-1',
    'gateway-1',
    'gateway-2',
  ]);
  expect(new Set(all.map(({ url }) => url)).size).toBe(all.length);
  expect(system.urls).toEqual(system.gateways.map(({ url }) => url));
  for (const { url } of all) expect(await (await fetch(url)).text()).toBe(system.space.redisPrefix);
});

it('stops without a complaint what a test has ended itself', async () => {
  const system = await start();
  await system.queues[0]?.kill();
  await system.ais[0]?.term();
  await system.stop();
  expect(system.gateways[0]?.exit).toEqual({ code: 0, signal: null });
});

it('fails the stop when a process had ended by itself, with its log', async () => {
  const system = await start({ programs: { ...programs, ai: fake } });
  const [ai] = system.ais;
  await fetch(`${ai?.url}/crash`).catch(() => {});
  await until(() => ai?.exit);
  const complaint = await system.stop().then(() => '', String);
  expect(complaint).toMatch(/ai-1 ended by itself with code 7/);
  expect(complaint).toMatch(/--- ai-1, the last 1 of 1 lines/);
});

it('fails the stop when a process does not drain', async () => {
  const system = await start({ envOf: { session: { FAKE: 'untidy' } } });
  await expect(system.stop()).rejects.toThrow(/session-1 did not stop well on SIGTERM: it ended with code 1/);
});

it('fails the start when a service cannot start, with its log', async () => {
  await expect(start({ envOf: { queue: { FAKE: 'refuses' } } })).rejects.toThrow(
    /queue-1 ended while starting \(with code 78\)[\s\S]*PORT: must be a port/,
  );
});
