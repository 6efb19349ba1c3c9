import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writePidRecord } from '@baton/local';
import { until } from '../until.ts';

export interface ServiceProcessSpec {
  /** Unique in its system: 'gateway-1'. */
  name: string;
  /** What Node runs. */
  program: string;
  env: NodeJS.ProcessEnv;
  /** Answers GET with 200 when the service is well. */
  healthUrl: string;
  /** The run's temporary folder. */
  folder: string;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A service that runs as a process of its own, and what a test may do to it. */
export interface ServiceProcess {
  readonly name: string;
  /** `http://127.0.0.1:<port>`: the gateway's own address, or where another service tells its health. */
  readonly url: string;
  readonly pid: number;
  /** What it has written so far, line by line, over all its lives. */
  readonly log: readonly string[];
  /** How its present life ended; undefined while it runs. */
  readonly exit: Exit | undefined;
  /** An end that no test asked for; undefined if there was none. */
  readonly unexpectedExit: Exit | undefined;
  /** SIGKILL; resolves when it is gone. */
  kill: () => Promise<Exit>;
  /** SIGTERM; resolves when it has drained and is gone. By force after `within` milliseconds, 30 s unless told. */
  term: (within?: number) => Promise<Exit>;
  /** SIGSTOP: alive, but frozen, until `resume`. */
  pause: () => void;
  resume: () => void;
  /** Begins another life after an end, with the same address; resolves when it is well. */
  start: () => Promise<void>;
}

const WELL_WITHIN_MS = 80_000;
const TERM_WITHIN_MS = 30_000;

/** Starts a service; resolves when its process runs, not when it is well: see `well`. */
export async function startService(spec: ServiceProcessSpec): Promise<ServiceProcess> {
  const log: string[] = [];
  const record = join(spec.folder, `${spec.name}-${process.pid}.pid`);
  let child: ChildProcess;
  let exit: Exit | undefined;
  let ended: Promise<Exit>;
  let expected = false;
  let unexpectedExit: Exit | undefined;

  const launch = async () => {
    expected = false;
    exit = undefined;
    const running = spawn(process.execPath, [spec.program], {
      cwd: spec.folder,
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = running;
    for (const stream of [running.stdout, running.stderr]) {
      createInterface({ input: stream }).on('line', (line) => log.push(line));
    }
    const endWithUs = () => running.kill('SIGKILL');
    process.once('exit', endWithUs);
    ended = new Promise((resolve) => {
      // 'close' comes after the last line was read.
      running.once('close', (code, signal) => {
        process.removeListener('exit', endWithUs);
        exit = { code, signal };
        if (!expected) unexpectedExit = exit;
        resolve(exit);
      });
    });
    if (running.pid !== undefined) await writePidRecord(record, running.pid);
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL', within: number): Promise<Exit> => {
    if (exit !== undefined) return exit;
    expected = true;
    child.kill(signal);
    // A paused process takes a SIGTERM only once it goes on.
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    const force = setTimeout(() => {
      log.push(`(${spec.name} did not end within ${within} ms of ${signal} and was killed)`);
      child.kill('SIGKILL');
    }, within);
    const result = await ended;
    clearTimeout(force);
    await rm(record, { force: true });
    return result;
  };

  await launch();
  const service: ServiceProcess = {
    name: spec.name,
    url: new URL(spec.healthUrl).origin,
    get pid() {
      return child.pid ?? 0;
    },
    log,
    get exit() {
      return exit;
    },
    get unexpectedExit() {
      return unexpectedExit;
    },
    kill: () => end('SIGKILL', TERM_WITHIN_MS),
    term: (within = TERM_WITHIN_MS) => end('SIGTERM', within),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    start: async () => {
      if (exit === undefined) throw new Error(`${spec.name} is running`);
      await launch();
      await well(service, spec.healthUrl);
    },
  };
  return service;
}

/** Resolves when the service says that it is well; fails at once when it has ended, with the end of its log. */
export async function well(service: ServiceProcess, healthUrl: string): Promise<void> {
  let last = 'it was not asked yet';
  const look = async () => {
    if (service.exit !== undefined) return true;
    const response = await fetch(healthUrl, { signal: AbortSignal.timeout(3_000) });
    last = `${response.status}: ${await response.text()}`;
    return response.ok;
  };
  await until(look, { within: WELL_WITHIN_MS, what: `${service.name} is well` }).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : error}; it said ${last}\n${endOfLog(service)}`);
  });
  if (service.exit !== undefined) {
    throw new Error(`${service.name} ended while starting (${describe(service.exit)})\n${endOfLog(service)}`);
  }
}

/** The last lines of a service's log under its name, for failure messages. */
export function endOfLog(service: ServiceProcess, lines = 40): string {
  const last = service.log.slice(-lines);
  return [`--- ${service.name}, the last ${last.length} of ${service.log.length} lines`, ...last].join('\n');
}

export function describe(exit: Exit): string {
  return exit.signal ? `by ${exit.signal}` : `with code ${exit.code}`;
}
