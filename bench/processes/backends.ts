import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OwnServer, readLivePidRecord, startNats, startPostgres, startRedis } from '@baton/local';
import pg from 'pg';
import type { Measured } from './cpu.ts';

/** Servers of this run alone, that keep what they are told: Postgres waits for the disk at every commit. */
export interface Backends {
  databaseUrl: string;
  redisUrl: string;
  natsUrl: string;
  processes: Measured[];
  folder: string;
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

const quiet = () => {};

export async function startBackends(): Promise<Backends> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const options = (name: string) => ({
    dir: join(folder, name),
    logFile: join(folder, `${name}.log`),
    durable: true,
    detached: false,
  });
  const servers: Record<string, OwnServer> = {
    postgres: await startPostgres(options('postgres')),
    redis: await startRedis(options('redis'), quiet),
    nats: await startNats(options('nats'), quiet),
  };
  const processes: Measured[] = [];
  for (const name of Object.keys(servers)) {
    const record = await readLivePidRecord(join(folder, `${name}.pid`));
    // A server that runs in a container is not ours to count.
    if (record) processes.push({ name, pid: record.pid });
  }
  const urlOf = (name: string) => servers[name]?.url ?? '';
  return {
    databaseUrl: urlOf('postgres'),
    redisUrl: urlOf('redis'),
    natsUrl: urlOf('nats'),
    processes,
    folder,
    async createDatabase(name) {
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      const url = new URL(urlOf('postgres'));
      url.pathname = `/${name}`;
      return url.toString();
    },
    async stop() {
      await Promise.all(Object.values(servers).map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
