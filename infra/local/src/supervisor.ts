import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stopLeftover, writePidRecord } from './pid-record.ts';
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
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** sysexits' EX_CONFIG: the service cannot run as it is configured; running it again would not help. */
const EX_CONFIG = 78;
const LAST_LINES = 12;

/** How long to wait before the n-th restart in a row (from 0), in milliseconds. */
export function restartPause(inARow: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** inARow, LONGEST_PAUSE_MS);
}

/** Runs a service as a process of its own, and again when it dies. */
export async function supervise(spec: ServiceSpec, options: SupervisorOptions): Promise<Supervised> {
  const pidFile = join(options.data, 'run', `${spec.name}.pid`);
  await stopLeftover(pidFile);
  await mkdir(join(options.data, 'logs'), { recursive: true });
  const log = createWriteStream(join(options.data, 'logs', `${spec.name}.log`), { flags: 'a' });

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
    if (running.pid !== undefined) void writePidRecord(pidFile, running.pid);
    for (const stream of ['stdout', 'stderr'] as const) {
      createInterface({ input: running[stream] }).on('line', (line) => {
        log.write(`${line}\n`);
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
      const force = setTimeout(() => child?.kill('SIGKILL'), within);
      await ended;
      clearTimeout(force);
      await rm(pidFile, { force: true });
      await new Promise<void>((resolve) => log.end(() => resolve()));
    },
  };
}
