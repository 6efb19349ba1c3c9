import { randomBytes } from 'node:crypto';
import { type NatsAddress, natsAddress } from '@baton/addresses';
import { Redis } from 'ioredis';
import { connect } from 'nats';
import type pg from 'pg';
import { inject } from 'vitest';
import { atEnd } from '../at-end.ts';
import { until } from '../until.ts';
import type { TestBackends } from './global-setup.ts';
import { adminClient, databaseAt, templateDatabase } from './template.ts';

/** A private part of the test servers: nothing in it is seen by another test file, and all of it goes at the end. */
export interface TestSpace {
  databaseUrl: string;
  redisUrl: string;
  /** First part of every Redis key, with the colon that ends it. */
  redisPrefix: string;
  natsUrl: string;
  /** The same for the NATS client: `connect(space.nats)`. */
  nats: NatsAddress;
  /** First token of every subject; the JetStream stream has its name, in capitals. */
  subjectRoot: string;
  /** The above under the names that the services' configuration has. */
  env: {
    DATABASE_URL: string;
    REDIS_URL: string;
    REDIS_PREFIX: string;
    NATS_URL: string;
    SUBJECT_ROOT: string;
    /** The same for all gateways of the space, so that one takes the tokens of another. */
    SESSION_SECRET: string;
    WORKSPACE_SECRET: string;
    NATS_CA_FILE?: string;
  };
}

/**
 * A private space for the file at whose top it is called (`const space = await testSpace();`), or for the test in which
 * it is called, and dropped at its end. Database connections that are still open then are a failure.
 */
export async function testSpace(): Promise<TestSpace> {
  const { space, drop } = await makeSpace(inject('backends'));
  // Hooks run in reverse order: what is registered after this call is closed before the space is dropped.
  atEnd(drop);
  return space;
}

/** The same for a part of a test: the space lives while `use` runs. */
export async function withSpace<T>(use: (space: TestSpace) => Promise<T>): Promise<T> {
  const { space, drop } = await makeSpace(inject('backends'));
  let result: T;
  try {
    result = await use(space);
  } catch (error) {
    // The test's own failure is the one to read, not the connections it left open because of it.
    await drop().catch(() => {});
    throw error;
  }
  await drop();
  return result;
}

async function makeSpace(backends: TestBackends): Promise<{ space: TestSpace; drop: () => Promise<void> }> {
  const { runId, redisUrl, natsUrl } = backends;
  const name = `t${runId}_${randomBytes(4).toString('hex')}`;
  const database = `baton_${name}`;
  const databaseUrl = databaseAt(backends.databaseUrl, database);
  await asAdmin(backends.databaseUrl, async (admin) => {
    const template = await templateDatabase(admin, backends.databaseUrl, runId);
    await admin.query(`CREATE DATABASE ${database} TEMPLATE ${template}`);
  });
  const space: TestSpace = {
    databaseUrl,
    redisUrl,
    redisPrefix: `${name}:`,
    natsUrl,
    nats: natsAddress(natsUrl, process.env.NATS_CA_FILE),
    subjectRoot: name,
    env: {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      REDIS_PREFIX: `${name}:`,
      NATS_URL: natsUrl,
      SUBJECT_ROOT: name,
      SESSION_SECRET: randomBytes(32).toString('base64url'),
      WORKSPACE_SECRET: randomBytes(32).toString('base64url'),
      ...(process.env.NATS_CA_FILE && { NATS_CA_FILE: process.env.NATS_CA_FILE }),
    },
  };
  const drop = async () => {
    const parts = await Promise.allSettled([
      dropKeys(redisUrl, name),
      dropStreams(space.nats, name),
      asAdmin(backends.databaseUrl, (admin) => dropDatabase(admin, database)),
    ]);
    const failed = parts.find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
  };
  return { space, drop };
}

async function asAdmin(serverUrl: string, act: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = await adminClient(serverUrl);
  try {
    await act(admin);
  } finally {
    await admin.end();
  }
}

/** Drops the database even when somebody is still connected to it, and then fails with who that is. */
async function dropDatabase(admin: pg.Client, database: string): Promise<void> {
  const connections = async () => {
    const found = await admin.query<{ application_name: string; state: string | null; query: string }>(
      `SELECT application_name, state, query FROM pg_stat_activity
       WHERE datname = $1 AND backend_type = 'client backend'`,
      [database],
    );
    return found.rows;
  };
  // The server takes a moment to notice that a client has gone.
  await until(async () => (await connections()).length === 0, { within: 2_000 }).catch(() => {});
  const open = await connections();
  await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
  if (open.length === 0) return;
  const list = open.map((one) => `  ${one.application_name || '(unnamed)'}, ${one.state}, last: ${one.query}`);
  throw new Error(`${open.length} database connections were left open:\n${list.join('\n')}`);
}

async function dropKeys(redisUrl: string, name: string): Promise<void> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  try {
    // The name is unique in itself, so it may stand in braces (a hash tag) or after something else.
    for await (const keys of redis.scanStream({ match: `*${name}*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } finally {
    redis.disconnect();
  }
}

async function dropStreams(nats: NatsAddress, name: string): Promise<void> {
  const connection = await connect({ ...nats, timeout: 5_000 });
  try {
    const manager = await connection.jetstreamManager();
    for await (const stream of manager.streams.list()) {
      const ours = stream.config.subjects.some((subject) => subject.startsWith(`${name}.`));
      if (ours) await manager.streams.delete(stream.config.name);
    }
  } finally {
    await connection.close();
  }
}
