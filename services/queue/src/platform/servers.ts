import { subjects as subjectsOf } from '@baton/contracts';
import { closeNats, connectNats, createAnnouncer, type Parts } from '@baton/runtime';
import type { QueueConfig } from '../config.ts';
import { connectRedis } from './connection-redis.ts';

/** Connects to Redis and NATS. `onGap` is called when either is available again, also the first time. */
export async function connectServers(
  { config, instance, log, release }: Omit<Parts<QueueConfig>, 'metrics'>,
  onGap: () => void,
) {
  const redis = connectRedis({
    url: config.REDIS_URL,
    password: config.REDIS_PASSWORD,
    caFile: config.REDIS_CA_FILE,
    name: instance,
    log,
    onReady: onGap,
  });
  release('redis', redis.close);
  const nats = await connectNats({
    url: config.NATS_URL,
    caFile: config.NATS_CA_FILE,
    name: instance,
    log,
    onReconnect: onGap,
  });
  release('nats', () => closeNats(nats));
  const subjects = subjectsOf(config.SUBJECT_ROOT);
  return { redis, nats, subjects, announcer: createAnnouncer(nats, subjects) };
}
