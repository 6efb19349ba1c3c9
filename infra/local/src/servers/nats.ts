import { mkdir } from 'node:fs/promises';
import { natsProgram, provision, type Say } from '../provision/provision.ts';
import { natsAnswers } from './answers.ts';
import { startInDocker } from './docker-server.ts';
import { type OwnServer, type OwnServerOptions, portFor, startServer } from './server-process.ts';

/** Starts a NATS server of our own on loopback, with JetStream, from wherever this machine can get one. */
export async function startNats(options: OwnServerOptions, say: Say): Promise<OwnServer> {
  const how = await provision(natsProgram, say);
  if (how.kind === 'docker') {
    return startInDocker({
      ...options,
      name: 'NATS',
      image: how.image,
      port: 4222,
      volume: '/data',
      command: ['--jetstream', '--store_dir', '/data'],
      url: (port) => `nats://127.0.0.1:${port}`,
      answers: natsAnswers,
    });
  }

  const port = await portFor(options);
  const url = `nats://127.0.0.1:${port}`;
  await mkdir(options.dir, { recursive: true });
  const server = await startServer({
    ...options,
    ...(options.again && { signal: options.again.signal }),
    name: 'NATS',
    command: how.path,
    args: ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', options.dir],
    answers: () => natsAnswers(url),
  });
  return { ...server, url };
}
