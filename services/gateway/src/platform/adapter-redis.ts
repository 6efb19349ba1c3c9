import { redisAddress } from '@baton/addresses';
import type { Check, Parts } from '@baton/runtime';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import type { GatewayConfig } from '../config.ts';

const COMMAND_TIMEOUT_MS = 1_000;

/**
 * The Redis side of Socket.IO, by which gateways give each other the queue that agents see. Everything else goes over
 * NATS, so an outage of Redis only delays queue updates.
 *
 * Sharded Pub/Sub with one channel for all: the adapter's `dynamic` mode subscribes to one for each room, and does not
 * wait until it is. A publication fails at once when Redis is down: sent later, it would show an old queue.
 */
export function connectAdapter({ config, log }: Pick<Parts<GatewayConfig>, 'config' | 'log'>) {
  const { url, options: encryption } = redisAddress(config.REDIS_URL, {
    user: config.REDIS_USER,
    password: config.REDIS_PASSWORD,
    caFile: config.REDIS_CA_FILE,
  });
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
    if (!gone) log.warn({ detail: error.message }, 'Redis is gone; reconnecting. Agents see queue updates late');
    gone = true;
  });
  publisher.on('ready', () => {
    if (gone) log.info('Redis is back');
    gone = false;
  });
  // It fails together with the publisher, which logs it.
  subscriber.on('error', () => {});

  const attempted = (command: Promise<unknown>) => {
    command.catch((error: unknown) => {
      if (subscriber.status !== 'end') log.warn({ err: error }, 'a Redis subscription failed');
    });
  };
  // The adapter awaits none of these, and an unhandled rejection would end the process.
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
      channelPrefix: `${config.REDIS_PREFIX}sockets`,
      subscriptionMode: 'static',
    }),
    check,
    close(): void {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
