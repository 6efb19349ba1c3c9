import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { RedisContainer } from '@testcontainers/redis';
import {
  type ContainerRuntimeClient,
  GenericContainer,
  getContainerRuntimeClient,
  ImageName,
  Wait,
} from 'testcontainers';
import type { BackendUrls, Missing, Started } from './backend-urls.ts';

/** An image that is not pulled within this time is not waited for. */
const PULL_WITHIN_MS = 120_000;

interface Running {
  url: string;
  stop: () => Promise<unknown>;
}

const containers: Record<keyof BackendUrls, { image: string; start: (image: string) => Promise<Running> }> = {
  databaseUrl: {
    image: 'postgres:17',
    start: async (image) => {
      const unsafeButFast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
      const container = await new PostgreSqlContainer(image)
        .withCommand(['postgres', ...unsafeButFast.flatMap((setting) => ['-c', setting])])
        .start();
      return { url: container.getConnectionUri(), stop: () => container.stop() };
    },
  },
  redisUrl: {
    image: 'redis:7',
    start: async (image) => {
      const container = await new RedisContainer(image).start();
      return { url: container.getConnectionUrl(), stop: () => container.stop() };
    },
  },
  natsUrl: {
    image: 'nats:2',
    start: async (image) => {
      // Not the NATS module: it sets a user and a password, which a NATS URL does not carry to the client.
      const container = await new GenericContainer(image)
        .withCommand(['--jetstream'])
        .withExposedPorts(4222)
        .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
        .start();
      const url = `nats://${container.getHost()}:${container.getMappedPort(4222)}`;
      return { url, stop: () => container.stop() };
    },
  },
};

/** Starts the missing servers as containers, or says why that cannot be. */
export async function startContainers(missing: Missing): Promise<{ started: Started } | { unavailable: string }> {
  // The reaper is one more image to have; we stop what we start.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const engine = await getContainerRuntimeClient().catch(() => undefined);
  if (engine === undefined) return { unavailable: 'no Docker engine answers' };
  for (const name of missing) {
    const { image } = containers[name];
    if (!(await available(engine, image)))
      return { unavailable: `the image ${image} is not here and cannot be pulled` };
  }
  const results = await Promise.allSettled(
    missing.map(async (name) => [name, await containers[name].start(containers[name].image)] as const),
  );
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(running.map(([, container]) => container.stop()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const urls = Object.fromEntries(running.map(([name, { url }]) => [name, url]));
  return { started: { urls, origin: 'containers', stop } };
}

async function available(engine: ContainerRuntimeClient, image: string): Promise<boolean> {
  const name = ImageName.fromString(image);
  if (await engine.image.exists(name)) return true;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PULL_WITHIN_MS);
  });
  const pulled = engine.image.pull(name).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([pulled, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
