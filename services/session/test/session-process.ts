import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type SessionApi, sessionApi } from '@baton/contracts';
import { type Bus, type Caller, createBus, createLog } from '@baton/runtime';
import { type TestSpace, until } from '@baton/testkit';
import { connect, type NatsConnection } from 'nats';
import { afterAll, onTestFinished } from 'vitest';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

export interface SessionProcess {
  readonly pid: number;
  /** Everything it has logged so far. */
  log(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts the real service as a process, and waits until it is up. It is stopped after the test or file. */
export async function startSession(space: TestSpace, env: Record<string, string> = {}): Promise<SessionProcess> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: FOLDER,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      HEALTH_HOST: '127.0.0.1',
      HEALTH_PORT: '0',
      ...space.env,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const gone = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  };
  releaseAfterwards(() => end('SIGTERM'));
  const isUp = () => output.includes('session is up') || hasEnded(child);
  await until(isUp, { within: 60_000, what: 'the session service to be up' });
  if (hasEnded(child)) throw new Error(`the session service ended while starting: ${output}`);
  return {
    pid: child.pid ?? 0,
    log: () => output,
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
  };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Runs after the current test, or after the last one when called at the top of a file. */
function releaseAfterwards(release: () => unknown): void {
  try {
    onTestFinished(async () => void (await release()));
  } catch {
    afterAll(async () => void (await release()));
  }
}

export interface Client {
  /** For what only NATS itself knows. */
  nats: NatsConnection;
  bus: Bus;
  session: Caller<SessionApi>;
}

/** What another service has: the endpoints as functions, and a connection. */
export async function connectClient(space: TestSpace): Promise<Client> {
  const nats = await connect(space.nats);
  releaseAfterwards(() => nats.close());
  const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
  const bus = createBus({ nats, root: space.subjectRoot, log });
  return { nats, bus, session: bus.caller(sessionApi) };
}

/** The value of a successful reply. */
export function accepted<Value>(
  reply: { ok: true; value: Value } | { ok: false; code: string; message: string },
): Value {
  if (!reply.ok) throw new Error(`refused: ${reply.code}: ${reply.message}`);
  return reply.value;
}

/** The code of a refusal. */
export function refusal(reply: { ok: true } | { ok: false; code: string }): string {
  if (reply.ok) throw new Error('not refused');
  return reply.code;
}
