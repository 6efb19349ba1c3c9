import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type OwnServer,
  type OwnServerOptions,
  readLivePidRecord,
  startNats,
  startPostgres,
  startRedis,
} from '@baton/local';
import { execa } from 'execa';
import { Redis } from 'ioredis';
import pg from 'pg';

export const backendNames = ['postgres', 'redis', 'nats'] as const;
export type BackendName = (typeof backendNames)[number];

/** A server of ours that can be killed, frozen, started again and wiped. */
export interface Backend {
  readonly name: BackendName;
  /** Of its present or last life: each has a port of its own. */
  readonly url: string;
  readonly port: number;
  /** SIGKILL; resolves when it is gone. Nothing is done when it is down. */
  kill(): Promise<void>;
  /** Starts it on the data it had. */
  start(): Promise<void>;
  /** Removes all its data, while it is down. */
  wipe(): Promise<void>;
  signal(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

const starters: Record<BackendName, (options: OwnServerOptions) => Promise<OwnServer>> = {
  // With fsync: what is acknowledged was flushed.
  postgres: (options) => startPostgres({ ...options, durable: true }),
  redis: (options) => startRedis(options, say),
  nats: (options) => startNats(options, say),
};
const RESTART_ATTEMPTS = 40;

async function startBackend(name: BackendName, folder: string): Promise<Backend> {
  const options: OwnServerOptions = {
    dir: join(folder, name),
    logFile: join(folder, `${name}.log`),
    durable: false,
    detached: false,
  };
  const first = await starters[name](options);
  let server: OwnServer | undefined = first;
  let { url } = first;
  // One after the other: two starts at once would end each other's server.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (action: () => Promise<void>): Promise<void> => {
    const mine = last.then(action);
    last = mine.catch(() => {});
    return mine;
  };
  const signal = async (which: NodeJS.Signals) => {
    const record = await readLivePidRecord(`${options.dir}.pid`);
    if (record !== undefined) process.kill(record.pid, which);
  };
  return {
    name,
    get url() {
      return url;
    },
    get port() {
      return Number(new URL(url).port);
    },
    signal,
    kill: () =>
      inTurn(async () => {
        if (server === undefined) return;
        await signal('SIGKILL');
        await server.exited;
        server = undefined;
      }),
    start: () =>
      inTurn(async () => {
        for (let attempt = 1; server === undefined; attempt++) {
          try {
            server = await starters[name](options);
            url = server.url;
          } catch (error) {
            // The processes of a Postgres that was killed hold its memory for a moment more.
            if (attempt === RESTART_ATTEMPTS) throw error;
          }
          if (server === undefined) await sleep(100);
        }
      }),
    async wipe() {
      if (server !== undefined) throw new Error(`${name} is running`);
      await rm(options.dir, { recursive: true, force: true });
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
  };
}

/** The three servers, with their data in `folder`, and a migrated database to copy. */
export interface Backends extends Record<BackendName, Backend> {
  /** A fresh database, named like the root of the subjects, and an empty Redis. */
  freshSpace(): Promise<{ root: string }>;
  stop(): Promise<void>;
}

export async function startBackends(folder: string): Promise<Backends> {
  const started = await Promise.allSettled(backendNames.map((name) => startBackend(name, folder)));
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => void (await Promise.all(running.map((one) => one.stop())));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const of = (name: BackendName) => {
    const found = running.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  };
  const [postgres, redis, nats] = [of('postgres'), of('redis'), of('nats')];
  let count = 0;
  try {
    await migrate(postgres.url);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    postgres,
    redis,
    nats,
    async freshSpace() {
      const root = `chaos${++count}`;
      const admin = new pg.Client({ connectionString: new URL('/postgres', postgres.url).toString() });
      admin.on('error', () => {});
      await admin.connect();
      await admin.query(`CREATE DATABASE ${root} TEMPLATE ${new URL(postgres.url).pathname.slice(1)}`);
      await admin.end();
      await flushAll(redis.url);
      return { root };
    },
    stop,
  };
}

export async function flushAll(redisUrl: string): Promise<void> {
  const client = new Redis(redisUrl, { maxRetriesPerRequest: 1, lazyConnect: true });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.flushall();
  } finally {
    client.disconnect();
  }
}

async function migrate(databaseUrl: string): Promise<void> {
  const done = await execa('pnpm', ['--filter', '@baton/session', 'run', 'db:migrate'], {
    cwd: join(import.meta.dirname, '..'),
    env: { DATABASE_URL: databaseUrl },
    all: true,
    reject: false,
  });
  if (done.failed) throw new Error(`The database could not be migrated:\n${done.all}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
