import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type OwnServer,
  type OwnServerOptions,
  postgresAnswers,
  readLivePidRecord,
  startNats,
  startPostgres,
  startRedis,
} from '@baton/local';
import { makeSmallDisk, type SmallDisk } from '@baton/testkit/small-disk';
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
  /** Starts it again when it has ended by itself, or does so now. */
  revive(): Promise<void>;
  /** Removes all its data, while it is down. */
  wipe(): Promise<void>;
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Ids of its process and of those that it has begun; on Linux only. */
  processes(): Promise<number[]>;
  stop(): Promise<void>;
}

const starters: Record<BackendName, (options: OwnServerOptions) => Promise<OwnServer>> = {
  // With fsync: what is acknowledged was flushed.
  postgres: (options) => startPostgres({ ...options, durable: true }),
  redis: (options) => startRedis(options, say),
  nats: (options) => startNats(options, say),
};
const RESTART_ATTEMPTS = 40;

async function startBackend(name: BackendName, folder: string, dir: string): Promise<Backend> {
  const options: OwnServerOptions = {
    dir,
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
  const kill = async () => {
    if (server === undefined) return;
    await signal('SIGKILL');
    await server.exited;
    server = undefined;
  };
  const start = async () => {
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
    kill: () => inTurn(kill),
    start: () => inTurn(start),
    revive: () =>
      inTurn(async () => {
        if (await answersSoon(url)) return;
        await kill();
        await start();
      }),
    async processes() {
      const record = await readLivePidRecord(`${options.dir}.pid`);
      if (record === undefined) return [];
      const begun = await readFile(`/proc/${record.pid}/task/${record.pid}/children`, 'utf8');
      return [record.pid, ...begun.split(' ').filter(Boolean).map(Number)];
    },
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
  /** Theirs, and that of the processes which use them. */
  readonly folder: string;
  /** Whether a small disk of its own was asked for, for Postgres. */
  readonly smallDisk: boolean;
  /** That disk; undefined when there is none or this process may not mount one. */
  readonly disk: SmallDisk | undefined;
  /** A fresh database, named like the root of the subjects, and an empty Redis. */
  freshSpace(): Promise<{ root: string }>;
  stop(): Promise<void>;
}

export async function startBackends(folder: string, { smallDisk = false } = {}): Promise<Backends> {
  await mkdir(folder, { recursive: true });
  const disk = smallDisk ? await makeSmallDisk(join(folder, 'disk')) : undefined;
  const dirOf = (name: BackendName) => join(name === 'postgres' && disk ? disk.folder : folder, name);
  const started = await Promise.allSettled(backendNames.map((name) => startBackend(name, folder, dirOf(name))));
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()));
    await disk?.remove();
  };
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
    folder,
    smallDisk,
    disk,
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

const ANSWERS_WITHIN_MS = 3_000;

/** Whether a Postgres answers now, or within a moment of recovering by itself. */
async function answersSoon(databaseUrl: string): Promise<boolean> {
  for (const deadline = Date.now() + ANSWERS_WITHIN_MS; Date.now() < deadline; await sleep(100)) {
    try {
      await postgresAnswers(databaseUrl);
      return true;
    } catch {
      // Not yet.
    }
  }
  return false;
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
    cwd: join(import.meta.dirname, '../..'),
    env: { DATABASE_URL: databaseUrl },
    all: true,
    reject: false,
  });
  if (done.failed) throw new Error(`The database could not be migrated:\n${done.all}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
