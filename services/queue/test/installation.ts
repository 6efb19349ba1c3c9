import { channels, queueApi, sessionApi } from '@baton/contracts';
import { connectNats, createBus, createLog, createMetrics, readConfig } from '@baton/runtime';
import { type TestSpace, until } from '@baton/testkit';
import { createWaitingSessions } from '@baton/testkit/fakes';
import { Redis } from 'ioredis';
import { queueConfig } from '../src/config.ts';
import { startQueue } from '../src/main.ts';

/** Released in reverse order. */
function releases() {
  const stops: (() => unknown)[] = [];
  return {
    add: (stop: () => unknown) => void stops.push(stop),
    async all() {
      for (const stop of stops.splice(0).reverse()) await stop();
    },
  };
}

/**
 * A part of the test servers with the fake session service in it, for queue services to be started in.
 * The URLs that the queue services are given can lead through a link that is cut.
 */
export async function createInstallation(
  space: TestSpace,
  { redisUrl = space.redisUrl, natsUrl = space.natsUrl } = {},
) {
  const level = process.env.TEST_LOG ?? 'silent';
  const log = createLog({ service: 'test', instance: 'test', level });
  const prefix = `${space.redisPrefix}:`;
  const release = releases();

  const nats = await connectNats({ url: space.natsUrl, name: 'test', log });
  release.add(() => nats.close());
  /** A service of its own on the connection of the tests. */
  const newBus = () => createBus({ nats, root: space.subjectRoot, log, metrics: createMetrics('test') });
  const bus = newBus();
  // As the session service does, which keeps the events.
  await bus.ensureEvents();
  const redis = new Redis(space.redisUrl);
  release.add(() => redis.disconnect());
  const session = createWaitingSessions({
    onChange: (event) => bus.publish(channels.event.control, { session: event.sessionId }, event),
  });
  const served = await newBus().serve(sessionApi, session.handlers);
  release.add(served.stop);
  let started = 0;
  const queue = bus.caller(queueApi);

  return {
    prefix,
    bus,
    newBus,
    redis,
    session,
    queue,
    key: (name: string) => `${prefix}${name}`,

    /** Starts another queue service in this process. */
    async startQueue(env: Record<string, string> = {}): Promise<{ stop: () => Promise<void> }> {
      const own = releases();
      const instance = `queue-${++started}`;
      await startQueue({
        config: readConfig(queueConfig, {
          ...space.env,
          REDIS_URL: redisUrl,
          NATS_URL: natsUrl,
          REDIS_PREFIX: prefix,
          HEALTH_PORT: '0',
          HEALTH_HOST: '127.0.0.1',
          ...env,
        }),
        instance,
        log: createLog({ service: 'queue', instance, level }),
        metrics: createMetrics('queue'),
        release: (_name, stop) => own.add(stop),
      });
      release.add(own.all);
      return { stop: own.all };
    },

    /** Redis loses all keys of this installation at once, as by FLUSHALL. Returns how many there were. */
    async loseRedisData(): Promise<number> {
      const script = `local keys = redis.call('KEYS', ARGV[1] .. '*')
        for _, key in ipairs(keys) do redis.call('DEL', key) end
        return #keys`;
      return Number(await redis.eval(script, 0, prefix));
    },

    /** As at the start: no sessions, no agents. */
    async empty(): Promise<void> {
      session.reset();
      const reply = await queue.clear({});
      if (!reply.ok) throw new Error(reply.message);
    },

    /** Ids of the waiting sessions, in order. */
    async order(): Promise<string[]> {
      const reply = await queue.list({ limit: 1_000 });
      if (!reply.ok) throw new Error(reply.message);
      return reply.value.waiting.map(({ sessionId }) => sessionId);
    },

    async lengthIs(total: number, within = 5_000): Promise<void> {
      let seen: unknown;
      await until(
        async () => {
          seen = await queue.length({});
          return JSON.stringify(seen).includes(`"total":${total}}`);
        },
        { what: `${total} in the queue`, within },
      ).catch((error: Error) => {
        throw new Error(`${error.message}; the last answer was ${JSON.stringify(seen)}`);
      });
    },

    stop: release.all,
  };
}
