import { join } from 'node:path';
import { isPlaceholder } from '@baton/contracts/placeholder';
import { firstFreePort } from '../ports/ports.ts';
import type { RememberedPorts } from '../ports/remembered-ports.ts';
import { ROOT } from '../project.ts';

/** A process of Baton, and where it says how it is. */
export interface ServiceSpec {
  name: string;
  /** What Node runs. */
  program: string;
  /** All that it listens on. */
  ports: readonly ServicePort[];
  /** The one that is for operators and for us: where it says how it is. */
  innerPort: number;
  env: NodeJS.ProcessEnv;
}

export interface ServicePort {
  port: number;
  /** The variable by which a person moves it. */
  variable: string;
}

/** A port's variable, its usual value, and the name under which its process reads it. */
interface PortKind {
  variable: string;
  usual: number;
  as: 'PORT' | 'HEALTH_PORT';
}

/** Where people connect. They have it in their bookmarks, so it is never chosen for them. */
const outerPort: PortKind = { variable: 'PORT', usual: 3001, as: 'PORT' };

const innerPortOf = {
  'offline-model': { variable: 'OFFLINE_MODEL_PORT', usual: 3014, as: 'PORT' },
  session: { variable: 'SESSION_HEALTH_PORT', usual: 3011, as: 'HEALTH_PORT' },
  workspace: { variable: 'WORKSPACE_HEALTH_PORT', usual: 3015, as: 'HEALTH_PORT' },
  queue: { variable: 'QUEUE_HEALTH_PORT', usual: 3012, as: 'HEALTH_PORT' },
  ai: { variable: 'AI_HEALTH_PORT', usual: 3013, as: 'HEALTH_PORT' },
  gateway: { variable: 'GATEWAY_HEALTH_PORT', usual: 3010, as: 'HEALTH_PORT' },
} as const satisfies Record<string, PortKind>;
type ServiceName = keyof typeof innerPortOf;

/** Secrets that production must choose; in development, each clone has its own. */
export const developmentSecretNames: readonly string[] = ['SESSION_SECRET', 'WORKSPACE_SECRET'];

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
        OPENAI_BASE_URL: `http://127.0.0.1:${portOf(innerPortOf['offline-model'], env)}/v1`,
        OPENAI_API_KEY: 'offline',
        OPENAI_MODEL: 'baton-offline',
      }
    : {};
  const service = (name: ServiceName, program: string, more: Record<string, string> = {}): ServiceSpec => {
    const inner = innerPortOf[name];
    const kinds = name === 'gateway' ? [outerPort, inner] : [inner];
    const ports = kinds.map((kind) => ({ ...kind, port: portOf(kind, env) }));
    const { PORT: _, ...inherited } = env;
    return {
      name,
      program: join(ROOT, program),
      ports,
      innerPort: portOf(inner, env),
      env: { ...inherited, ...more, ...Object.fromEntries(ports.map(({ as, port }) => [as, String(port)])) },
    };
  };
  return [
    ...(ownModel ? [service('offline-model', 'infra/offline-model/src/main.ts', { HOST: '127.0.0.1' })] : []),
    service('session', 'services/session/src/main.ts'),
    service('workspace', 'services/workspace/src/main.ts'),
    service('queue', 'services/queue/src/main.ts'),
    service('ai', 'services/ai/src/main.ts', model),
    service('gateway', 'services/gateway/src/main.ts'),
  ];
}

/** Where people on this machine reach it. */
export const urlOf = (env: NodeJS.ProcessEnv): string => `http://${asSeenHere(env.HOST)}:${portOf(outerPort, env)}`;

/** Where the gateway says how every part is. */
export const healthUrlOf = (env: NodeJS.ProcessEnv): string =>
  `http://${asSeenHere(env.HEALTH_HOST)}:${portOf(innerPortOf.gateway, env)}/health`;

/** A server that listens on every address, or on loopback, is here by this name. */
const asSeenHere = (host = '') => (['', '0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host);

/**
 * Ports of what is inside, for each that nobody has chosen: the one it had last, else the usual one, else a free one. A
 * second clone on a machine finds the usual ones taken. PORT is not among them: people have it in their bookmarks.
 */
export async function innerPorts(env: NodeJS.ProcessEnv, remembered: RememberedPorts): Promise<Record<string, string>> {
  const chosen: Record<string, string> = {};
  for (const [name, { variable, usual }] of Object.entries(innerPortOf)) {
    if (env[variable] !== undefined) continue;
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

function portOf({ variable, usual }: PortKind, env: NodeJS.ProcessEnv): number {
  const text = env[variable];
  if (text === undefined) return usual;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`${variable} must be a port, a number from 1 to 65535. See .env.example.`);
  }
  return port;
}
