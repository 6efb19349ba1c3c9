import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openLogFile } from '../screen/log-file.ts';
import { keepPidRecord, killGroup, stopLeftover } from './pid-record.ts';
import { restartPause } from './restart-pause.ts';
import type { ServiceSpec } from './services.ts';

export interface SupervisorOptions {
  /** Holds `logs/` and `run/`. */
  data: string;
  /** Restart a service when its source changes. */
  watch: boolean;
  /** Every line that a service writes, after it went to its log file. */
  onLine: (service: string, line: string, stream: 'stdout' | 'stderr') => void;
  /** A service ended without being told to; it comes back after `againInMs`, if that is given. */
  onDeath: (death: Death) => void;
}

export interface Death {
  service: string;
  reason: string;
  lastLines: string[];
  againInMs: number | undefined;
}

export interface Supervised {
  name: string;
  /** From now on a death is answered with a restart; before, it ends the start. */
  keepAlive: () => void;
  /** Resolves with the first death that is not answered with a restart. */
  gaveUp: Promise<Death>;
  /** Tells it to stop and waits; after `within` milliseconds it is ended by force. */
  stop: (within: number) => Promise<void>;
}

/** A service that lived this long is not in a crash loop: its next restart is quick again. */
const HEALTHY_AFTER_MS = 60_000;
/** sysexits' EX_CONFIG: the service cannot run with its configuration, so a restart would not help. */
const EX_CONFIG = 78;
const LAST_LINES = 12;

/** Runs a service as a process of its own, and again when it dies. */
export async function supervise(spec: ServiceSpec, options: SupervisorOptions): Promise<Supervised> {
  const pidFile = join(options.data, 'run', `${spec.name}.pid`);
  await stopLeftover(pidFile);
  await mkdir(join(options.data, 'logs'), { recursive: true });
  const log = openLogFile(join(options.data, 'logs', `${spec.name}.log`));

  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let keepAlive = false;
  let inARow = 0;
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<Death>();

  const launch = () => {
    const startedAt = performance.now();
    const lastLines: string[] = [];
    const args = [...(options.watch ? ['--watch', '--watch-preserve-output'] : []), spec.program];
    // A process group of its own: Ctrl-C in the terminal must not reach it before its turn.
    const running = spawn(process.execPath, args, {
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child = running;
    if (running.pid !== undefined) void keepPidRecord(pidFile, running.pid);
    // That it could not be run; 'close' follows.
    running.once('error', (error) => lastLines.push(error.message));
    for (const stream of ['stdout', 'stderr'] as const) {
      // Its end is what 'close' tells.
      running[stream].on('error', () => {});
      createInterface({ input: running[stream] }).on('line', (line) => {
        log.write(line);
        lastLines.push(line);
        if (lastLines.length > LAST_LINES) lastLines.shift();
        options.onLine(spec.name, line, stream);
      });
    }
    ended = new Promise((resolve) => {
      // 'close' comes after the last line was read.
      running.once('close', (code, signal) => {
        child = undefined;
        resolve();
        if (stopping) return;
        inARow = performance.now() - startedAt > HEALTHY_AFTER_MS ? 0 : inARow;
        const again = keepAlive && code !== EX_CONFIG;
        const againInMs = again ? restartPause(inARow++) : undefined;
        const reason = signal ? `was ended by ${signal}` : `ended with code ${code}`;
        const death: Death = { service: spec.name, reason, lastLines, againInMs };
        options.onDeath(death);
        if (againInMs === undefined) giveUp(death);
        else timer = setTimeout(launch, againInMs);
      });
    });
  };
  launch();

  return {
    name: spec.name,
    keepAlive: () => {
      keepAlive = true;
    },
    gaveUp,
    stop: async (within) => {
      stopping = true;
      clearTimeout(timer);
      child?.kill('SIGTERM');
      const force = setTimeout(() => child?.pid !== undefined && killGroup(child.pid), within);
      await ended;
      clearTimeout(force);
      await rm(pidFile, { force: true });
      await log.close();
    },
  };
}
