import { realpathSync } from 'node:fs';
import { withoutSecrets } from '@baton/addresses';
import { execa } from 'execa';
import { ROOT } from '../project.ts';
import type { BackendEnv } from '../servers/backends.ts';

/** The part of `docker inspect` that is used here. */
export interface Container {
  Config: { Env: string[] | null; Labels: Record<string, string> | null };
  NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> | null };
}

const ASK_WITHIN_MS = 3_000;
const FOLDER_LABEL = 'com.docker.compose.project.working_dir';
const SERVICE_LABEL = 'com.docker.compose.service';

/** The servers of a compose project, by the service's name: its port inside, and the URL at the port outside. */
const servers: Record<string, { port: string; url: (at: string, env: Map<string, string>) => BackendEnv }> = {
  postgres: {
    port: '5432/tcp',
    url: (at, env) => {
      const of = (name: string) => encodeURIComponent(env.get(name) ?? '');
      return {
        DATABASE_URL: `postgresql://${of('POSTGRES_USER')}:${of('POSTGRES_PASSWORD')}@${at}/${of('POSTGRES_DB')}`,
      };
    },
  },
  redis: {
    port: '6379/tcp',
    url: (at, env) => ({ REDIS_URL: `redis://:${encodeURIComponent(env.get('REDISCLI_AUTH') ?? '')}@${at}` }),
  },
  nats: { port: '4222/tcp', url: (at) => ({ NATS_URL: `nats://${at}` }) },
};

/** The URLs of this project's servers that docker-compose runs now; none when there is no Docker here. */
async function composeServers(): Promise<BackendEnv> {
  const { DOCKER_HOST } = process.env;
  // A remote engine publishes ports on that machine's loopback.
  if (DOCKER_HOST && !DOCKER_HOST.startsWith('unix:')) return {};
  const listed = await docker('ps', '--quiet', '--no-trunc', '--filter', `label=${FOLDER_LABEL}`);
  const ids = listed?.split('\n').filter((id) => id !== '') ?? [];
  if (ids.length === 0) return {};
  // A container that ends meanwhile makes the command fail, but the others are still printed.
  const inspected = await docker('inspect', ...ids);
  // Docker's own output, whose format has been stable since its beginning.
  return serversOf(inspected ? (JSON.parse(inspected) as Container[]) : [], ROOT);
}

/** The servers among these containers that belong to the compose project in `folder`. */
export function serversOf(containers: readonly Container[], folder: string): BackendEnv {
  const home = realpathSync(folder);
  const found = containers.map(({ Config: { Env, Labels }, NetworkSettings: { Ports } }): BackendEnv => {
    const server = servers[Labels?.[SERVICE_LABEL] ?? ''];
    const published = server && Ports?.[server.port]?.[0];
    if (!published || real(Labels?.[FOLDER_LABEL] ?? '') !== home) return {};
    const env = new Map(
      (Env ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    return server.url(`localhost:${published.HostPort}`, env);
  });
  return Object.assign({}, ...found);
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

async function docker(...args: string[]): Promise<string | undefined> {
  const done = await execa('docker', args, { reject: false, timeout: ASK_WITHIN_MS, stdin: 'ignore' });
  return typeof done.stdout === 'string' && done.stdout !== '' ? done.stdout : undefined;
}

const VARIABLES: readonly (keyof BackendEnv)[] = ['DATABASE_URL', 'REDIS_URL', 'NATS_URL'];

/**
 * The environment, and for each of these that it does not set, the server that docker-compose runs for this project.
 */
export async function withComposeServers(
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  wanted: readonly (keyof BackendEnv)[] = VARIABLES,
): Promise<NodeJS.ProcessEnv> {
  const unset = wanted.filter((name) => env[name] === undefined);
  if (unset.length === 0) return env;
  const running = await composeServers();
  const added = unset.flatMap((name) => (running[name] === undefined ? [] : [[name, running[name]] as const]));
  for (const [name, url] of added) say(`${name} is not set: docker-compose runs ${withoutSecrets(url)}`);
  return { ...env, ...Object.fromEntries(added) };
}
