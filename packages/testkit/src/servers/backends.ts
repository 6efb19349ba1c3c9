import { redisAddress } from '@baton/addresses';
import type { BackendUrls, Missing, Started } from './backend-urls.ts';
import { startContainers } from './backends-containers.ts';
import { startLocal } from './backends-local.ts';

export interface Backends extends BackendUrls {
  /** For people: where they come from. */
  origin: string;
  stop: () => Promise<void>;
}
/** How test servers are come by when no URL is given; `auto` tries containers and falls back to local servers. */
const choices = ['auto', 'containers', 'local'] as const;
type Choice = (typeof choices)[number];

/**
 * The servers for a test run: each URL that the environment gives, and for the others containers when a Docker engine
 * answers and has the images or can pull them, else local servers. `BATON_TEST_BACKENDS` forces one of the two.
 * @param folder where local servers keep their data
 */
export async function provideBackends(env: NodeJS.ProcessEnv, folder: string): Promise<Backends> {
  const given: Partial<BackendUrls> = {
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    ...(env.REDIS_URL ? { redisUrl: redisAddress(env.REDIS_URL, { password: env.REDIS_PASSWORD }).url } : {}),
    ...(env.NATS_URL ? { natsUrl: env.NATS_URL } : {}),
  };
  const missing = (['databaseUrl', 'redisUrl', 'natsUrl'] as const).filter((name) => given[name] === undefined);
  const own = missing.length === 0 ? nothingStarted : await start(missing, chosen(env.BATON_TEST_BACKENDS), folder);
  const urls = { ...own.urls, ...given };
  if (urls.databaseUrl === undefined || urls.redisUrl === undefined || urls.natsUrl === undefined) {
    throw new Error(`Test servers are missing: ${missing.join(', ')}`);
  }
  const origin = [...(missing.length < 3 ? ['given by the environment'] : []), ...(own.origin ? [own.origin] : [])];
  return {
    databaseUrl: urls.databaseUrl,
    redisUrl: urls.redisUrl,
    natsUrl: urls.natsUrl,
    origin: origin.join(' and '),
    stop: own.stop,
  };
}

const nothingStarted: Started = { urls: {}, origin: '', stop: async () => {} };

async function start(missing: Missing, choice: Choice, folder: string): Promise<Started> {
  if (choice === 'local') return startLocal(missing, folder);
  const containers = await startContainers(missing);
  if ('started' in containers) return containers.started;
  if (choice === 'containers') throw new Error(`BATON_TEST_BACKENDS=containers, but ${containers.unavailable}`);
  const local = await startLocal(missing, folder);
  return { ...local, origin: `${local.origin}, as ${containers.unavailable}` };
}

function chosen(value: string | undefined): Choice {
  const choice = choices.find((name) => name === (value || 'auto'));
  if (choice === undefined) throw new Error(`BATON_TEST_BACKENDS is "${value}"; it can be ${choices.join(', ')}`);
  return choice;
}
