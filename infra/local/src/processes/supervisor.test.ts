import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { restartPause } from './restart-pause.ts';
import { type Death, supervise } from './supervisor.ts';

const data = await mkdtemp(join(tmpdir(), 'baton-supervisor-'));
afterAll(() => rm(data, { recursive: true }));

/** Runs a program's text under supervision. */
async function supervised(name: string, source: string) {
  const program = join(data, `${name}.mjs`);
  await writeFile(program, source);
  const lines: string[] = [];
  const deaths: Death[] = [];
  const env = { PATH: process.env.PATH };
  const service = await supervise(
    { name, program, ports: [], innerPort: 0, env },
    { data, watch: false, onLine: (_, line) => lines.push(line), onDeath: (death) => deaths.push(death) },
  );
  onTestFinished(() => service.stop(0));
  return { service, lines, deaths };
}

const RUNS = "setInterval(() => {}, 1e6); console.log('up');";

it('pauses longer before each restart in a row, up to a limit', () => {
  expect([0, 1, 2, 3, 10].map(restartPause)).toEqual([500, 1_000, 2_000, 4_000, 15_000]);
});

it('lets a service finish, and keeps its log', async () => {
  const drains = "process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0) }, 50));";
  const { service, lines, deaths } = await supervised('drains', drains + RUNS);
  await vi.waitFor(() => expect(lines).toEqual(['up']));
  await service.stop(5_000);
  expect(lines).toEqual(['up', 'drained']);
  expect(deaths).toEqual([]);
  expect(await readFile(join(data, 'logs', 'drains.log'), 'utf8')).toBe('up\ndrained\n');
  expect(await readdir(join(data, 'run'))).not.toContain('drains.pid');
});

it('ends by force a service that does not stop', async () => {
  const { service, lines } = await supervised('stubborn', `process.on('SIGTERM', () => {}); ${RUNS}`);
  await vi.waitFor(() => expect(lines).toEqual(['up']));
  await service.stop(100);
});

it('gives up on a service that dies before the system was well, with the end of its log', async () => {
  const { service, deaths } = await supervised(
    'early',
    "console.log('going'); console.error('no database'); process.exit(1)",
  );
  const death = await service.gaveUp;
  expect(death).toMatchObject({ service: 'early', reason: 'ended with code 1', againInMs: undefined });
  expect(new Set(death.lastLines)).toEqual(new Set(['going', 'no database']));
  expect(deaths).toEqual([death]);
});

it('starts again what dies later', async () => {
  const once = join(data, 'died');
  const source = `import { existsSync, writeFileSync } from 'node:fs'; ${RUNS}
    if (!existsSync('${once}')) setTimeout(() => { writeFileSync('${once}', ''); process.kill(process.pid, 'SIGKILL') }, 300);`;
  const { service, lines, deaths } = await supervised('again', source);
  service.keepAlive();
  await vi.waitFor(() => expect(lines).toEqual(['up', 'up']), { timeout: 5_000 });
  expect(deaths).toMatchObject([{ reason: 'was ended by SIGKILL', againInMs: 500 }]);
});

it('does not start again what cannot run with its configuration', async () => {
  const { service } = await supervised('misconfigured', "console.error('PORT: must be a port'); process.exit(78)");
  service.keepAlive();
  expect(await service.gaveUp).toMatchObject({ reason: 'ended with code 78', lastLines: ['PORT: must be a port'] });
});
