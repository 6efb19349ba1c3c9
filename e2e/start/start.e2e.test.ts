import { until } from '@baton/testkit';
import { afterAll, expect, it, onTestFailed } from 'vitest';
import { dataFolder, isAlive, partsOf, type RunningStart, runStart } from './running-start.ts';
import { startWriter } from './writer.ts';

// What `npm start` runs, with its own Postgres, Redis and NATS. The tests go from one to the next.
const { data, remove } = await dataFolder();
let start: RunningStart = await runStart(data);
afterAll(async () => {
  start.process.kill('SIGTERM');
  await start.ended;
  await remove();
});

const servers = ['postgres', 'redis', 'nats'] as const;
const up = async () => {
  const response = await fetch(`${start.url}/health`);
  return response.ok && ((await response.json()) as { status: string }).status === 'up';
};
const killServer = async (name: string): Promise<number> => {
  const pid = await start.pidOf(name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  process.kill(pid, 'SIGKILL');
  return pid;
};

it('has each of its servers back within 10 s of a kill -9, at the same address, and says so', async () => {
  onTestFailed(() => console.error(start.screen()));
  const writer = await startWriter(start.url, 'ada');
  await writer.next();
  for (const name of servers) {
    const before = await killServer(name);
    const begin = performance.now();
    await until(async () => (await start.pidOf(name)) !== undefined && (await start.pidOf(name)) !== before, {
      within: 10_000,
      what: `${name} is there again`,
    });
    await until(up, { within: 10_000 - (performance.now() - begin), what: `all is well again after ${name}` });
    await writer.next();
  }
  await writer.stop();
  for (const title of ['Postgres', 'Redis', 'NATS']) {
    expect(start.screen()).toContain(`${title} was ended by SIGKILL; starting it again`);
    expect(start.screen()).toMatch(new RegExp(`^${title} is back after [\\d.]+ s, with its data, at `, 'm'));
  }
});

it('starts a server again that runs but does not answer', async () => {
  onTestFailed(() => console.error(start.screen()));
  const pid = await start.pidOf('nats');
  if (pid === undefined) throw new Error('NATS does not run');
  process.kill(pid, 'SIGSTOP');
  await until(async () => (await start.pidOf('nats')) !== pid && (await up()), {
    within: 45_000,
    what: 'NATS is another process, and all is well',
  });
  expect(start.screen()).toMatch(/^NATS does not work \(.*\); starting it again$/m);
});

it('stops within seconds although all its servers are dead, and leaves nothing running', async () => {
  onTestFailed(() => console.error(start.screen()));
  const parts = await partsOf(start);
  for (const name of servers) await killServer(name);
  const begin = performance.now();
  start.process.kill('SIGTERM');
  expect(await start.ended).toBe(0);
  expect(performance.now() - begin).toBeLessThan(15_000);
  for (const [part, pid] of Object.entries(parts)) expect([part, await isAlive(pid)]).toEqual([part, false]);
});

it('takes everything with it when it is killed, and the next start says what it found', async () => {
  start = await runStart(data);
  onTestFailed(() => console.error(start.screen()));
  const parts = await partsOf(start);
  expect(Object.keys(parts)).toHaveLength(8);
  const killed = start.process.pid;
  start.process.kill('SIGKILL');
  await until(async () => (await Promise.all(Object.values(parts).map(isAlive))).every((alive) => !alive), {
    within: 15_000,
    what: 'all its processes have ended',
  });
  start = await runStart(data);
  expect(start.screen()).toContain(`An earlier run (process ${killed}) was ended before it could stop.`);
});

it('ends in order when its terminal is closed', async () => {
  onTestFailed(() => console.error(start.screen()));
  const parts = await partsOf(start);
  // As a terminal does it: what it writes from now on fails, and it is told.
  start.process.stdout?.destroy();
  start.process.stderr?.destroy();
  start.process.kill('SIGHUP');
  expect(await start.ended).toBe(0);
  for (const [part, pid] of Object.entries(parts)) expect([part, await isAlive(pid)]).toEqual([part, false]);
});
