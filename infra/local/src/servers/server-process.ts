import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../ports/ports.ts';
import { keepPidRecord, stopLeftover } from '../processes/pid-record.ts';

export interface ServerSpec {
  /** For people: 'Postgres'. */
  name: string;
  command: string;
  args: string[];
  /**
   * Where it keeps its data. `<dir>.pid` remembers the process, so that the next start finds what a killed run left.
   */
  dir: string;
  logFile: string;
  /** Resolves once the server answers requests. */
  answers: () => Promise<void>;
  stopSignal?: NodeJS.Signals;
  /** How long its stop may take until it is ended by force, in milliseconds. */
  stopWithin?: number;
  /** Gives up waiting for it. */
  signal?: AbortSignal;
  /**
   * In a process group of its own: Ctrl-C in the terminal reaches only the supervisor, which stops things in order.
   * Without it the server ends together with the process that started it, however that ends (short of SIGKILL).
   */
  detached: boolean;
  owner?: { uid: number; gid: number };
}

export interface RunningServer {
  pid: number;
  exited: Promise<string>;
  stop: (within?: number) => Promise<void>;
}

/** How a server is started once more. */
export interface Again {
  port: number;
  /** Gives up starting it. */
  signal: AbortSignal;
}

export interface OwnServerOptions {
  /** Where the data lies; made when missing. */
  dir: string;
  logFile: string;
  /** Taken when free. */
  preferredPort?: number;
  again?: Again | undefined;
  /** False for tests: faster, and nothing need survive a crash of the machine. */
  durable: boolean;
  /** See ServerSpec. */
  detached: boolean;
}

export interface OwnServer {
  url: string;
  /** Resolves when it has ended, with the reason: 'was ended by SIGKILL'. */
  exited: Promise<string>;
  /** Stops it politely, after `within` milliseconds by force; resolves when it is gone. Can be called again. */
  stop: (within?: number) => Promise<void>;
}

const START_WITHIN_MS = 30_000;
/** Their clients were stopped before, so little is left to do. */
const STOP_WITHIN_MS = 4_000;

/** Where the process that serves `dir` is remembered. */
const pidFileOf = (dir: string) => `${dir}.pid`;

/**
 * The port for a server that is about to start on the data in `dir`. A server that a killed run left on
 * that data is stopped first: two servers would corrupt one folder, and its port becomes free.
 */
export async function portFor(options: OwnServerOptions, stopSignal?: NodeJS.Signals): Promise<number> {
  await stopLeftover(pidFileOf(options.dir), { signal: stopSignal ?? 'SIGTERM' });
  return options.again?.port ?? freePort(options.preferredPort);
}

/** Starts a server and waits until it answers. Throws with the last lines of its log if it does not. */
export async function startServer(spec: ServerSpec): Promise<RunningServer> {
  const pidFile = pidFileOf(spec.dir);
  await mkdir(dirname(spec.logFile), { recursive: true });
  const log = await open(spec.logFile, 'a');
  const logStart = (await log.stat()).size;
  const child = spawn(spec.command, spec.args, {
    stdio: ['ignore', log.fd, log.fd],
    detached: spec.detached,
    ...spec.owner,
  });
  const endWithUs = () => child.kill(spec.stopSignal ?? 'SIGTERM');
  if (!spec.detached) process.once('exit', endWithUs);
  let ended = false;
  let spawnError: Error | undefined;
  const exited = new Promise<string>((resolve) => {
    const end = (reason: string) => {
      ended = true;
      process.removeListener('exit', endWithUs);
      resolve(reason);
    };
    child.once('exit', (code, signal) => end(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    child.once('error', (error) => {
      spawnError = error;
      end(`could not be run: ${error.message}`);
    });
  });
  await log.close();

  const stop = async (within = spec.stopWithin ?? STOP_WITHIN_MS) => {
    if (!ended) child.kill(spec.stopSignal ?? 'SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), within);
    await exited;
    clearTimeout(force);
    await rm(pidFile, { force: true });
  };

  const { pid } = child;
  if (pid === undefined) {
    await exited;
    throw new Error(`${spec.name} did not start: ${spawnError?.message}`);
  }
  await keepPidRecord(pidFile, pid);
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    if (spec.signal?.aborted) {
      await stop(0);
      throw new Error(`${spec.name} is no longer wanted`);
    }
    if (ended) {
      await rm(pidFile, { force: true });
      throw new Error(`${spec.name} ended while starting. ${await endOfLog(spec.logFile, logStart)}`);
    }
    try {
      await spec.answers();
      return { pid, exited, stop };
    } catch (error) {
      if (Date.now() > deadline) {
        await stop();
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(
          `${spec.name} did not answer within ${START_WITHIN_MS / 1000} s (${reason}). ${await endOfLog(spec.logFile, logStart)}`,
        );
      }
      await pause(25);
    }
  }
}

async function endOfLog(file: string, from: number): Promise<string> {
  const text = (await readFile(file)).subarray(from).toString('utf8').trimEnd();
  return `The end of ${file}:\n${text.split('\n').slice(-8).join('\n')}`;
}
