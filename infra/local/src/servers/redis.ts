import { mkdir } from 'node:fs/promises';
import { provision, redisProgram, type Say } from '../provision/provision.ts';
import { redisAnswers } from './answers.ts';
import { startInDocker } from './docker-server.ts';
import { type OwnServer, type OwnServerOptions, portFor, startServer } from './server-process.ts';

/** Starts a Redis of our own on loopback, from wherever this machine can get one. */
export async function startRedis(options: OwnServerOptions, say: Say): Promise<OwnServer> {
  const how = await provision(redisProgram, say);
  const persistence = { save: '', appendonly: options.durable ? 'yes' : 'no' };
  if (how.kind === 'docker') {
    return startInDocker({
      ...options,
      name: 'Redis',
      image: how.image,
      port: 6379,
      volume: '/data',
      command: ['redis-server', ...flags(persistence)],
      url: (port) => `redis://127.0.0.1:${port}`,
      answers: redisAnswers,
    });
  }

  const port = await portFor(options);
  const url = `redis://127.0.0.1:${port}`;
  await mkdir(options.dir, { recursive: true });
  const settings = { bind: '127.0.0.1', port: String(port), dir: options.dir, daemonize: 'no', ...persistence };
  const server = await startServer({
    ...options,
    ...(options.again && { signal: options.again.signal }),
    name: 'Redis',
    command: how.path,
    args: flags(settings),
    answers: () => redisAnswers(url),
  });
  return { ...server, url };
}

const flags = (settings: Record<string, string>) =>
  Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
