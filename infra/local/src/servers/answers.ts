import { setTimeout as pause } from 'node:timers/promises';
import { natsAddress, redisAddress } from '@baton/addresses';
import { Redis } from 'ioredis';
import { connect } from 'nats';
import pg from 'pg';

/** Each of these resolves when the server behind the URL answers a request, and rejects with the reason if not. */
const TIMEOUT_MS = 3_000;

export async function postgresAnswers(url: string, question = 'SELECT 1'): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(question);
  } finally {
    // A server that is frozen does not say goodbye.
    await Promise.race([client.end().catch(() => {}), pause(TIMEOUT_MS, undefined, { ref: false })]);
  }
}

interface RedisExtras {
  password?: string | undefined;
  caFile?: string | undefined;
}

export async function redisAnswers(url: string, more: RedisExtras = {}): Promise<void> {
  await askRedis(url, more, (client) => client.ping());
}

async function askRedis<T>(url: string, more: RedisExtras, ask: (client: Redis) => Promise<T>): Promise<T> {
  const address = redisAddress(url, more);
  const client = new Redis(address.url, {
    ...address.options,
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // ioredis rejects with "Connection is closed."; the reason comes as an event.
  let reason: unknown;
  client.on('error', (error) => {
    reason = error;
  });
  try {
    await client.connect();
    return await ask(client);
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}

export async function natsAnswers(url: string, caFile?: string): Promise<void> {
  const connection = await connect({
    ...natsAddress(url, caFile),
    timeout: TIMEOUT_MS,
    reconnect: false,
  });
  try {
    await connection.flush();
  } finally {
    await connection.close();
  }
}

/** Each of these resolves when one of our servers does its job, writing included. */

export async function postgresWorks(url: string): Promise<void> {
  // Writes through the log to the disk, and leaves nothing in a table.
  await postgresAnswers(url, "SELECT pg_logical_emit_message(true, 'baton', '')").catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && BUSY_POSTGRES.has(String(error.code)))) throw error;
  });
}

/** It is up: it is recovering after a fault, or its connections are exhausted. */
const BUSY_POSTGRES = new Set(['57P03', '53300']);

export async function redisWorks(url: string): Promise<void> {
  const state = await askRedis(url, {}, (client) => client.info('persistence'));
  if (state.includes('aof_last_write_status:err')) throw new Error('it cannot write to its append-only file');
}

/** After a full disk JetStream is disabled, or hangs, while plain messages go on. */
export async function natsWorks(url: string): Promise<void> {
  const connection = await connect({ ...natsAddress(url), timeout: TIMEOUT_MS, reconnect: false });
  try {
    const manager = await connection.jetstreamManager({ timeout: TIMEOUT_MS });
    await manager.streams.list().next();
  } finally {
    // Not closed politely: it may not answer.
    await Promise.race([connection.close(), pause(TIMEOUT_MS, undefined, { ref: false })]);
  }
}
