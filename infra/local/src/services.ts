import { join } from 'node:path';
import { isPlaceholder } from '@baton/contracts/placeholder';
import { firstFreePort } from './ports.ts';
import { ROOT } from './project.ts';
import type { RememberedPorts } from './remembered-ports.ts';

/** A process of Baton, and where it says how it is. */
export interface ServiceSpec {
  name: string;
  /** What Node runs. */
  program: string;
  port: number;
  /** The variable by which a person moves it to another port. */
  portVariable: string;
  env: NodeJS.ProcessEnv;
}

/** A port's variable, its usual value, and the name under which its process reads it. */
const ports = {
  'offline-model': { variable: 'OFFLINE_MODEL_PORT', usual: 3014, as: 'PORT' },
  session: { variable: 'SESSION_HEALTH_PORT', usual: 3011, as: 'HEALTH_PORT' },
  queue: { variable: 'QUEUE_HEALTH_PORT', usual: 3012, as: 'HEALTH_PORT' },
  ai: { variable: 'AI_HEALTH_PORT', usual: 3013, as: 'HEALTH_PORT' },
  gateway: { variable: 'PORT', usual: 3001, as: 'PORT' },
} as const;
type ServiceName = keyof typeof ports;

/** Secrets that production must choose; in development, each clone has its own. */
export const developmentSecretNames: readonly string[] = ['SESSION_SECRET'];

/**
 * What runs, in the order in which it is started; it is stopped in the reverse order, so that what takes work in
 * stops before what the work needs.
 * @param env the project's environment, with the backends' URLs in it
 * @throws when a port is not one
 */
export function services(env: NodeJS.ProcessEnv): ServiceSpec[] {
  const ownModel = env.OPENAI_BASE_URL === undefined && (env.OPENAI_API_KEY === undefined || keyIsPlaceholder(env));
  const model: Record<string, string> = ownModel
    ? {
        OPENAI_BASE_URL: `http://127.0.0.1:${portOf('offline-model', env)}/v1`,
        OPENAI_API_KEY: 'offline',
        OPENAI_MODEL: 'baton-offline',
      }
    : {};
  const service = (name: ServiceName, program: string, more: Record<string, string> = {}): ServiceSpec => {
    const port = portOf(name, env);
    const { PORT: _, ...inherited } = env;
    return {
      name,
      program: join(ROOT, program),
      port,
      portVariable: ports[name].variable,
      env: { ...inherited, ...more, [ports[name].as]: String(port) },
    };
  };
  return [
    ...(ownModel ? [service('offline-model', 'infra/offline-model/src/main.ts', { HOST: '127.0.0.1' })] : []),
    service('session', 'services/session/src/main.ts'),
    service('queue', 'services/queue/src/main.ts'),
    service('ai', 'services/ai/src/main.ts', model),
    service('gateway', 'services/gateway/src/main.ts'),
  ];
}

/**
 * Ports of what is inside, for each that nobody has chosen: the one it had last, else the usual one, else a free one. A
 * second clone on a machine finds the usual ones taken. PORT is not among them: people have it in their bookmarks.
 */
export async function innerPorts(env: NodeJS.ProcessEnv, remembered: RememberedPorts): Promise<Record<string, string>> {
  const chosen: Record<string, string> = {};
  for (const [name, { variable, usual }] of Object.entries(ports)) {
    if (variable === 'PORT' || env[variable] !== undefined) continue;
    const mine = new Set(Object.values(chosen).map(Number));
    const wanted = [remembered.get(name), usual].filter((port) => port !== undefined && !mine.has(port));
    const port = await firstFreePort(wanted.filter((port) => port !== undefined));
    remembered.set(name, port);
    chosen[variable] = String(port);
  }
  return chosen;
}

/** A key as `your_openai_api_key_here`, copied from an example: with OpenAI every answer would fail. */
export function keyIsPlaceholder(env: NodeJS.ProcessEnv): boolean {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: endpoint } = env;
  return key !== undefined && endpoint === undefined && isPlaceholder(key);
}

function portOf(name: ServiceName, env: NodeJS.ProcessEnv): number {
  const { variable, usual } = ports[name];
  const text = env[variable];
  if (text === undefined) return usual;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`${variable} must be a port, a number from 1 to 65535. See .env.example.`);
  }
  return port;
}
