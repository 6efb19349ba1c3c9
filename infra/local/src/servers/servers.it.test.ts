import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { connect } from 'nats';
import pg from 'pg';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { type OwnServer, type OwnServerOptions, startNats, startPostgres, startRedis } from '../index.ts';
import { rememberedPorts } from '../ports/remembered-ports.ts';
import { backend } from './backends.ts';

// Only its owner may enter, as below /root: Postgres must manage all the same.
const folder = await mkdtemp(join(tmpdir(), 'baton-servers-'));
await chmod(folder, 0o700);
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = (name: string): OwnServerOptions => ({
  dir: join(folder, name),
  logFile: join(folder, `${name}.log`),
  durable: true,
  detached: false,
});
const say = () => {};

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function redis<T>(url: string, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { retryStrategy: () => null });
  client.on('error', () => {});
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}

const servers: Record<
  string,
  { start: () => Promise<OwnServer>; write: (url: string) => Promise<unknown>; read: (url: string) => Promise<unknown> }
> = {
  Postgres: {
    start: () => startPostgres(options('postgres')),
    write: (url) => query(url, "CREATE TABLE kept AS SELECT 'here' AS word"),
    read: async (url) => (await query(url, 'SELECT word FROM kept'))[0],
  },
  Redis: {
    start: () => startRedis(options('redis'), say),
    write: (url) => redis(url, (client) => client.set('kept', 'here')),
    read: async (url) => ({ word: await redis(url, (client) => client.get('kept')) }),
  },
  NATS: {
    start: () => startNats(options('nats'), say),
    write: async (url) => {
      const nats = await connect({ servers: url });
      await (await nats.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept'] });
      await nats.jetstream().publish('kept', JSON.stringify({ word: 'here' }));
      await nats.close();
    },
    read: async (url) => {
      const nats = await connect({ servers: url });
      const message = await (await nats.jetstreamManager()).streams.getMessage('KEPT', { last_by_subj: 'kept' });
      await nats.close();
      return message.json();
    },
  },
};

describe.each(Object.entries(servers))('%s', (_, { start, write, read }) => {
  it('keeps its data from one start to the next, and over a kill', async () => {
    const first = await start();
    await write(first.url);
    await first.stop();
    await first.stop();
    await expect(read(first.url)).rejects.toThrow();

    const second = await start();
    expect(await read(second.url)).toEqual({ word: 'here' });

    // The next start finds this one still serving the folder, as after a kill -9 of the program that started it.
    const third = await start();
    await second.exited;
    expect(await read(third.url)).toEqual({ word: 'here' });
    await third.stop();
  });
});

it('does not mind a lock file whose process is gone or is another', async () => {
  const lock = join(folder, 'postgres', 'postmaster.pid');
  await writeFile(lock, `${process.pid}\n${join(folder, 'postgres')}\n1700000000\n25432\n`);
  const again = await startPostgres(options('postgres'));
  await again.stop();
});

it('says why a server did not start, with the end of its log', async () => {
  const where = options('broken');
  await (await startPostgres(where)).stop();
  await writeFile(join(where.dir, 'PG_VERSION'), '12\n');
  await expect(startPostgres(where)).rejects.toThrow(
    /^Postgres ended while starting\. The end of .*broken\.log:\n[\s\S]*initialized by PostgreSQL version 12/,
  );
});

it('uses a given server unchanged, and checks that it answers', async () => {
  const own = await startRedis({ ...options('given'), durable: false }, say);
  const used = await backend('redis', { REDIS_URL: own.url }, folder, say);
  expect(used).toMatchObject({ url: own.url, own: undefined });
  await own.stop();
  await expect(backend('redis', { REDIS_URL: own.url.replace('//', '//me:secret@') }, folder, say)).rejects.toThrow(
    /^REDIS_URL is set to redis:\/\/me:\*\*\*@127\.0\.0\.1:\d+, but Redis does not answer there \(.*ECONNREFUSED.*\)\. Start it, or leave REDIS_URL out/,
  );
});

it('names the given Postgres or NATS that does not answer', async () => {
  const nowhere = '127.0.0.1:1';
  await expect(backend('postgres', { DATABASE_URL: `postgresql://${nowhere}/x` }, folder, say)).rejects.toThrow(
    /^DATABASE_URL is set to .*ECONNREFUSED/,
  );
  await expect(backend('nats', { NATS_URL: `nats://${nowhere}` }, folder, say)).rejects.toThrow(
    /^NATS_URL is set to .*CONNECTION_REFUSED/,
  );
  expect(await readFile(join(folder, 'redis.log'), 'utf8')).toContain('Ready to accept connections');
});

/**
 * Takes a port of loopback; undefined when somebody has it already. Gives what ends it, at the latest with the test.
 */
function take(port: number): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const end = () => new Promise<void>((ended) => server.close(() => ended()));
      onTestFinished(end);
      resolve(end);
    });
  });
}

it('has our NATS where its command line looks, when that port is taken at another, and remembers which', async () => {
  const ours = async (name: string) => {
    const { url, own } = await backend('nats', {}, join(folder, name), say);
    await own?.stop();
    return url;
  };
  const usual = 'nats://127.0.0.1:4222';
  const first = await ours('usual');
  // Another test on this machine may have taken it.
  if (first !== usual) expect(await take(4222)).toBeUndefined();
  await take(4222);
  const other = await ours('other');
  expect(other).not.toBe(usual);
  const remembered = rememberedPorts(join(folder, 'other'));
  expect(other).toBe(`nats://127.0.0.1:${remembered.get('nats')}`);

  // A port that this process has not just given out: that it would not give again.
  let free: number;
  do free = 20_000 + Math.floor(Math.random() * 12_000);
  while ((await (await take(free))?.().then(() => true)) !== true);
  remembered.set('nats', free);
  expect(await ours('other')).toBe(`nats://127.0.0.1:${free}`);
});
