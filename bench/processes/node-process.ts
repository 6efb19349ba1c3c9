import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A program of Node under measure. */
export interface NodeProcess {
  name: string;
  pid: number;
  url: string;
  /** From the start of the process until it said that it is well, in milliseconds. */
  upAfterMs: number;
  stop(): Promise<void>;
}

const WELL_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 20_000;

/** Starts a program and waits until `healthPath` answers with 200. Its log goes to a file, as it would in production. */
export async function startNode(options: {
  name: string;
  program: string;
  env: Record<string, string>;
  port: number;
  healthPath: string;
  logFile: string;
  nodeFlags?: readonly string[];
  /** Notes when its connections are read and written, and leaves it in this folder when it stops. */
  wireTimes?: string | undefined;
}): Promise<NodeProcess> {
  const { name, program, port, logFile } = options;
  const log = await open(logFile, 'a');
  const began = performance.now();
  const probe = withWireTimes(options.wireTimes);
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), ...probe.flags, program], {
    // The parent's environment would carry what the person at the keyboard has set.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env, ...probe.env },
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}${options.healthPath}`))) {
    if (child.exitCode !== null) throw new Error(`${name} ended while starting; see ${logFile}`);
    if (performance.now() - began > WELL_WITHIN_MS) throw new Error(`${name} did not get well; see ${logFile}`);
    await pause(10);
  }
  return {
    name,
    pid: child.pid ?? 0,
    url,
    upAfterMs: performance.now() - began,
    async stop() {
      await stopChild(child, ended);
      process.removeListener('exit', endWithUs);
    },
  };
}

/** What a process is started with so that it notes when its connections are read and written. */
export function withWireTimes(folder: string | undefined): { flags: string[]; env: Record<string, string> } {
  if (folder === undefined) return { flags: [], env: {} };
  return { flags: ['--import', new URL('../hops/wire-times.ts', import.meta.url).href], env: { WIRE_TIMES: folder } };
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null) child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(force);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
