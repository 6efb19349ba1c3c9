import { natsAddress, redisAddress } from '@baton/addresses';
import { Redis } from 'ioredis';
import { connect } from 'nats';
import pg from 'pg';

/** Each of these resolves when the server behind the URL answers a request, and rejects with the reason if not. */
const PATIENCE_MS = 3_000;

export async function postgresAnswers(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => {});
  }
}

export async function redisAnswers(
  url: string,
  more: { password?: string | undefined; caFile?: string | undefined } = {},
): Promise<void> {
  const address = redisAddress(url, more);
  const client = new Redis(address.url, {
    ...address.options,
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
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
    await client.ping();
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}

export async function natsAnswers(url: string, caFile?: string): Promise<void> {
  const connection = await connect({
    ...natsAddress(url, caFile),
    timeout: PATIENCE_MS,
    reconnect: false,
  });
  try {
    await connection.flush();
  } finally {
    await connection.close();
  }
}
