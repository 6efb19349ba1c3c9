import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLivePidRecord } from '@baton/local';
import { freePort, until } from '@baton/testkit';

const PROGRAM = join(import.meta.dirname, '../../infra/local/src/commands/start.ts');
const UP_WITHIN_MS = 80_000;

/** `npm start`'s program with a data folder of its own and free ports. */
export interface RunningStart {
  url: string;
  process: ChildProcess;
  ended: Promise<number | null>;
  screen: () => string;
  /** The process that serves this part now: `postgres`, `run/session`, `baton` for the program itself. */
  pidOf: (part: string) => Promise<number | undefined>;
}

export async function runStart(data: string, more: NodeJS.ProcessEnv = {}): Promise<RunningStart> {
  const start = await launch(data, more);
  const { screen, process: child } = start;
  await until(() => screen().includes('Baton is up') || child.exitCode !== null, {
    within: UP_WITHIN_MS,
    what: `it is up:\n${screen()}`,
  });
  if (child.exitCode !== null) throw new Error(`It ended:\n${screen()}`);
  return start;
}

async function launch(data: string, more: NodeJS.ProcessEnv = {}): Promise<RunningStart> {
  const names = ['postgres', 'redis', 'nats', 'session', 'queue', 'ai', 'offline-model'];
  const ports = await Promise.all(names.map(async (name) => [name, await freePort()] as const));
  const known = await readFile(join(data, 'ports.json'), 'utf8').catch(() => undefined);
  if (known === undefined) await writeFile(join(data, 'ports.json'), JSON.stringify(Object.fromEntries(ports)));
  const port = await freePort();
  const { DATABASE_URL: _, REDIS_URL: __, NATS_URL: ___, ...env } = process.env;
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...env, NODE_ENV: 'development', BATON_DATA: data, PORT: String(port), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    url: `http://127.0.0.1:${more.PORT ?? port}`,
    process: child,
    ended,
    screen: () => text,
    pidOf: async (part) => (await readLivePidRecord(join(data, `${part}.pid`)))?.pid,
  };
}

/** Every process that it has, its own servers included. */
export async function partsOf(start: RunningStart): Promise<Record<string, number>> {
  const parts = ['postgres', 'redis', 'nats', 'run/offline-model', 'run/session', 'run/queue', 'run/ai', 'run/gateway'];
  const pids = await Promise.all(parts.map(async (part) => [part, await start.pidOf(part)] as const));
  return Object.fromEntries(pids.flatMap(([part, pid]) => (pid === undefined ? [] : [[part, pid]])));
}

/** Whether a process is there, and more than the entry of one that has ended. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) Z /.test(stat);
}

export async function dataFolder(): Promise<{ data: string; remove: () => Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), 'baton-start-'));
  return { data, remove: () => rm(data, { recursive: true, force: true }) };
}
