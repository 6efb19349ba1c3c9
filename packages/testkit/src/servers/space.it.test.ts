import { Redis } from 'ioredis';
import { connect } from 'nats';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { testSpace, withSpace } from '../index.ts';

const space = await testSpace();
const client = new pg.Client({ connectionString: space.databaseUrl });
await client.connect();
afterAll(() => client.end());

it('gives each space a database of its own', async () => {
  await client.query('CREATE TABLE only_here (id int)');
  await withSpace(async (other) => {
    expect(other.databaseUrl).not.toBe(space.databaseUrl);
    const there = new pg.Client({ connectionString: other.databaseUrl });
    await there.connect();
    const found = await there.query("SELECT 1 FROM pg_tables WHERE tablename = 'only_here'");
    await there.end();
    expect(found.rowCount).toBe(0);
  });
});

it('fails when a connection to its database is left open, and drops it all the same', async () => {
  let left: pg.Client | undefined;
  let name = '';
  const leaking = withSpace(async (other) => {
    name = new URL(other.databaseUrl).pathname.slice(1);
    left = new pg.Client({ connectionString: other.databaseUrl, application_name: 'the leak' });
    left.on('error', () => {});
    await left.connect();
    await left.query('SELECT 42');
  });
  await expect(leaking).rejects.toThrow(/1 database connections were left open:\n {2}the leak, idle, last: SELECT 42/);
  await left?.end().catch(() => {});
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  expect(found.rowCount).toBe(0);
});

it('removes its own keys and streams, and nobody else’s', async () => {
  const redis = new Redis(space.redisUrl);
  const nats = await connect(space.nats);
  const streams = await nats.jetstreamManager();
  try {
    await redis.set(`${space.redisPrefix}kept`, '1');
    await streams.streams.add({ name: space.subjectRoot.toUpperCase(), subjects: [`${space.subjectRoot}.event.>`] });
    let prefix = '';
    let root = '';
    await withSpace(async (other) => {
      prefix = other.redisPrefix;
      root = other.subjectRoot;
      await redis.set(`{${prefix}}queue:high`, '1');
      await streams.streams.add({ name: root.toUpperCase(), subjects: [`${root}.event.>`] });
    });
    expect(await redis.keys(`*${prefix}*`)).toEqual([]);
    expect(await redis.get(`${space.redisPrefix}kept`)).toBe('1');
    const names = [];
    for await (const stream of streams.streams.list()) names.push(stream.config.name);
    expect(names).toContain(space.subjectRoot.toUpperCase());
    expect(names).not.toContain(root.toUpperCase());
  } finally {
    redis.disconnect();
    await nats.close();
  }
});

it('passes on the failure of the test, not that of the clean-up after it', async () => {
  let left: pg.Client | undefined;
  const failing = withSpace(async (other) => {
    left = new pg.Client({ connectionString: other.databaseUrl });
    left.on('error', () => {});
    await left.connect();
    throw new Error('the test’s own');
  });
  await expect(failing).rejects.toThrow('the test’s own');
  await left?.end().catch(() => {});
});
