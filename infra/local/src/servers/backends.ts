import { join } from 'node:path';
import { withoutSecrets } from '@baton/addresses';
import { rememberedPorts } from '../ports/remembered-ports.ts';
import type { Say } from '../provision/provision.ts';
import { natsAnswers, natsWorks, postgresAnswers, postgresWorks, redisAnswers, redisWorks } from './answers.ts';
import { keepServer } from './kept-server.ts';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import type { OwnServer, OwnServerOptions } from './server-process.ts';

export type BackendName = 'postgres' | 'redis' | 'nats';
export type BackendEnv = Partial<Record<'DATABASE_URL' | 'REDIS_URL' | 'NATS_URL', string>>;

export interface Backend {
  name: BackendName;
  title: string;
  url: string;
  /** Ours, to be stopped by us; else it was given. */
  own: OwnServer | undefined;
}

interface BackendKind {
  title: string;
  variable: keyof BackendEnv;
  /**
   * For a clone that has no port for it yet. NATS has its usual one, where its command line looks for it; those of the
   * others stay free for servers that people already run.
   */
  preferredPort: number;
  start: (options: OwnServerOptions, say: Say) => Promise<OwnServer>;
  answers: (url: string, env: NodeJS.ProcessEnv) => Promise<void>;
  /** For our own server: resolves when it does its job, writing included. */
  works: (url: string) => Promise<void>;
  /**
   * See KeptServerOptions. A Postgres or Redis that runs nearly always mends itself; a JetStream that hangs does not.
   */
  failuresAllowed: number;
}

const kinds: Record<BackendName, BackendKind> = {
  postgres: {
    title: 'Postgres',
    variable: 'DATABASE_URL',
    preferredPort: 25_432,
    start: (options) => startPostgres(options),
    answers: (url) => postgresAnswers(url),
    works: postgresWorks,
    failuresAllowed: 10,
  },
  redis: {
    title: 'Redis',
    variable: 'REDIS_URL',
    preferredPort: 26_379,
    start: startRedis,
    answers: (url, env) => redisAnswers(url, { password: env.REDIS_PASSWORD, caFile: env.REDIS_CA_FILE }),
    works: redisWorks,
    failuresAllowed: 10,
  },
  nats: {
    title: 'NATS',
    variable: 'NATS_URL',
    preferredPort: 4_222,
    start: startNats,
    answers: (url, env) => natsAnswers(url, env.NATS_CA_FILE),
    works: natsWorks,
    failuresAllowed: 3,
  },
};

/**
 * A backend to work with: the one the environment names, unchanged, or else a server of our own with its data in
 * `data`.
 * @param tell reports to the user that our server ended, and that it is back
 * @throws when the one that is named does not answer, or ours cannot be started; the message says what to do
 */
export async function backend(
  name: BackendName,
  env: NodeJS.ProcessEnv,
  data: string,
  say: Say,
  tell: Say = say,
): Promise<Backend> {
  const { title, variable, preferredPort, start, answers, works, failuresAllowed } = kinds[name];
  const given = env[variable];
  if (given !== undefined) {
    try {
      await answers(given, env);
    } catch (error) {
      const reason = error instanceof AggregateError ? error.errors[0] : error;
      throw new Error(
        `${variable} is set to ${withoutSecrets(given)}, but ${title} does not answer there ` +
          `(${reason instanceof Error ? reason.message : reason}). Start it, or leave ${variable} out: then Baton starts its own.`,
      );
    }
    say(`${title} as given by ${variable}`);
    return { name, title, url: given, own: undefined };
  }
  const ports = rememberedPorts(data);
  const options: OwnServerOptions = {
    dir: join(data, name),
    logFile: join(data, 'logs', `${name}.log`),
    preferredPort: ports.get(name) ?? preferredPort,
    durable: true,
    detached: true,
  };
  const own = await keepServer({
    name: title,
    dir: options.dir,
    start: (again) => start({ ...options, again }, say),
    works,
    failuresAllowed,
    tell,
  });
  ports.set(name, Number(new URL(own.url).port));
  say(`${title} at ${own.url}`);
  return { name, title, url: own.url, own };
}

/** The variables that name these backends. */
export function backendEnv(backends: readonly Backend[]): BackendEnv {
  return Object.fromEntries(backends.map(({ name, url }) => [kinds[name].variable, url]));
}
