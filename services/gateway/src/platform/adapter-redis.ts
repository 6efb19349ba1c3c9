import { redisAddress } from '@baton/addresses';
import type { Check, Log } from '@baton/runtime';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 1_000;

/**
 * The Redis side of Socket.IO: what is sent to all agents reaches those on other gateways. Everything else goes over
 * NATS, so without Redis only the waiting list is late.
 *
 * Sharded Pub/Sub with one channel for all: the adapter's `dynamic` mode would subscribe to a channel for every room,
 * without waiting for it. A publication fails at once when Redis is gone, since local delivery waits for it.
 */
export function connectAdapter(options: {
  url: string;
  password: string | undefined;
  caFile?: string | undefined;
  prefix: string;
  log: Log;
}) {
  const { prefix, log } = options;
  const { url, options: encryption } = redisAddress(options.url, options);
  const common = {
    ...encryption,
    retryStrategy: (attempt: number) => Math.min(2_000, 100 * 2 ** Math.min(attempt, 5)),
    connectTimeout: 5_000,
    keepAlive: 10_000,
  };
  const publisher = new Redis(url, {
    ...common,
    connectionName: 'gateway-publish',
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  const subscriber = new Redis(url, { ...common, connectionName: 'gateway-subscribe', maxRetriesPerRequest: null });

  let gone = false;
  publisher.on('error', (error) => {
    if (!gone) log.warn({ detail: error.message }, 'Redis is gone; reconnecting. Agents see the waiting list late');
    gone = true;
  });
  publisher.on('ready', () => {
    if (gone) log.info('Redis is back');
    gone = false;
  });
  // Its connection fails with the other one, which has logged it.
  subscriber.on('error', () => {});

  const attempted = (command: Promise<unknown>) => {
    command.catch((error: unknown) => {
      if (subscriber.status !== 'end') log.warn({ err: error }, 'a Redis channel could not be followed');
    });
  };
  // The adapter awaits none of these, and a rejection that nobody handles would end the process.
  const guarded = {
    on: (event: string, listener: (...args: unknown[]) => void) => subscriber.on(event, listener),
    ssubscribe: (channel: string) => attempted(subscriber.ssubscribe(channel)),
    sunsubscribe: (channel: string) => attempted(subscriber.sunsubscribe(channel)),
  };

  const check: Check = async () => {
    await publisher.ping();
  };
  return {
    adapter: createShardedAdapter(publisher, guarded, {
      channelPrefix: `${prefix}sockets`,
      subscriptionMode: 'static',
    }),
    check,
    close(): void {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
