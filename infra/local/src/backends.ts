import { join } from 'node:path';
import { withoutSecrets } from '@baton/addresses';
import { natsAnswers, postgresAnswers, redisAnswers } from './answers.ts';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import type { Say } from './provision.ts';
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
  /** So that URLs are usually the same at every start; the usual ports stay free for servers people already run. */
  preferredPort: number;
  start: (options: OwnServerOptions, say: Say) => Promise<OwnServer>;
  answers: (url: string, env: NodeJS.ProcessEnv) => Promise<void>;
}

const kinds: Record<BackendName, BackendKind> = {
  postgres: {
    title: 'Postgres',
    variable: 'DATABASE_URL',
    preferredPort: 25_432,
    start: (options) => startPostgres(options),
    answers: (url) => postgresAnswers(url),
  },
  redis: {
    title: 'Redis',
    variable: 'REDIS_URL',
    preferredPort: 26_379,
    start: startRedis,
    answers: (url, env) => redisAnswers(url, { password: env.REDIS_PASSWORD, caFile: env.REDIS_CA_FILE }),
  },
  nats: {
    title: 'NATS',
    variable: 'NATS_URL',
    preferredPort: 24_222,
    start: startNats,
    answers: (url, env) => natsAnswers(url, env.NATS_CA_FILE),
  },
};

/**
 * A backend to work with: the one the environment names, as it is, or else a server of our own with its data in `data`.
 * @throws when the one that is named does not answer, or ours cannot be had; the message says what to do
 */
export async function backend(name: BackendName, env: NodeJS.ProcessEnv, data: string, say: Say): Promise<Backend> {
  const { title, variable, preferredPort, start, answers } = kinds[name];
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
  const options: OwnServerOptions = {
    dir: join(data, name),
    logFile: join(data, 'logs', `${name}.log`),
    preferredPort,
    durable: true,
    detached: true,
  };
  const own = await start(options, say);
  say(`${title} at ${own.url}`);
  return { name, title, url: own.url, own };
}

/** The variables that name these backends. */
export function backendEnv(backends: readonly Backend[]): BackendEnv {
  return Object.fromEntries(backends.map(({ name, url }) => [kinds[name].variable, url]));
}
