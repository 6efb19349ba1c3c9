import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { freePort } from '../ports/ports.ts';
import type { OwnServer, OwnServerOptions } from './server-process.ts';

export interface DockerServerSpec extends OwnServerOptions {
  name: string;
  image: string;
  /** The port inside the container. */
  port: number;
  /** Where the image keeps its data. */
  volume: string;
  command: string[];
  env?: Record<string, string>;
  url: (hostPort: number) => string;
  answers: (url: string) => Promise<void>;
}

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 4_000;

/** Runs a server as a container whose data lies in `dir`, reachable on loopback only. */
export async function startInDocker(spec: DockerServerSpec): Promise<OwnServer> {
  const hostPort = spec.again?.port ?? (await freePort(spec.preferredPort));
  const container = `baton-${createHash('sha256').update(spec.dir).digest('hex').slice(0, 12)}`;
  const remove = () => execa('docker', ['rm', '--force', container], { reject: false });
  // The name is made of the folder: a container that has it was left by a killed run on the same data.
  await remove();
  await mkdir(spec.dir, { recursive: true });
  const env = Object.entries(spec.env ?? {}).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const place = ['--publish', `127.0.0.1:${hostPort}:${spec.port}`, '--volume', `${spec.dir}:${spec.volume}`];
  const started = await execa(
    'docker',
    ['run', '--detach', '--name', container, ...place, ...env, spec.image, ...spec.command],
    { reject: false },
  );
  if (started.failed) {
    await remove();
    throw new Error(`${spec.name} could not be started as a container: ${started.stderr || started.shortMessage}`);
  }
  const url = spec.url(hostPort);
  let ended = false;
  const exited = execa('docker', ['wait', container], { reject: false }).then(() => {
    ended = true;
    return 'ended';
  });
  const stop = async (within = STOP_WITHIN_MS) => {
    await execa('docker', ['stop', '--time', String(Math.ceil(within / 1_000)), container], { reject: false });
    await remove();
    await exited;
  };
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    try {
      await spec.answers(url);
      return { url, exited, stop };
    } catch (error) {
      if (ended || Date.now() > deadline || spec.again?.signal.aborted) {
        const log = await execa('docker', ['logs', '--tail', '8', container], { reject: false, all: true });
        await stop();
        throw new Error(`${spec.name} (${spec.image}) did not answer. The end of its log:\n${log.all}`, {
          cause: error,
        });
      }
      await pause(100);
    }
  }
}
