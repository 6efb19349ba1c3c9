import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@baton/local';
import type { Backends } from './backends.ts';
import type { Measured } from './cpu.ts';
import { type NodeProcess, startNode } from './node-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const kinds = ['session', 'queue', 'ai', 'gateway'] as const;
type Kind = (typeof kinds)[number];

export interface Baton {
  gateways: string[];
  services: NodeProcess[];
  /** The services and the servers behind them. */
  processes: Measured[];
  databaseUrl: string;
  stop(): Promise<void>;
}

export interface BatonOptions {
  backends: Backends;
  /** The checkout that its services are run from; this one if not given. Its packages are installed. */
  root?: string | undefined;
  /** Tells its database, keys and subjects from those of others on the same servers. */
  name: string;
  gateways?: number;
  sessions?: number;
  /** Where the model is; without it nobody answers there. */
  modelUrl?: string;
  env?: Record<string, string>;
  /** More flags for Node, for gateways only. */
  gatewayFlags?: readonly string[];
  /** Notes when each service's connections are read and written, and leaves it in this folder when it stops. */
  wireTimes?: string;
  /** Leaves a CPU profile of each service there when it stops. */
  profileFolder?: string | undefined;
}

/** What one person may do in a second is not what is measured. */
const unlimited = {
  BUDGET_MESSAGE_CALLS: '0',
  BUDGET_MESSAGE_TOKENS: '0',
  BUDGET_CHAT_CALLS_PER_MINUTE: '0',
  BUDGET_CHAT_CALLS_PER_DAY: '0',
  BUDGET_CHAT_TOKENS_PER_DAY: '0',
  BUDGET_CUSTOMER_CALLS_PER_MINUTE: '0',
  BUDGET_CUSTOMER_CALLS_PER_DAY: '0',
  BUDGET_CUSTOMER_TOKENS_PER_DAY: '0',
  BUDGET_ADDRESS_CALLS_PER_MINUTE: '0',
  BUDGET_ADDRESS_CALLS_PER_DAY: '0',
  BUDGET_ADDRESS_TOKENS_PER_DAY: '0',
  BUDGET_ALL_CALLS_PER_MINUTE: '0',
  BUDGET_ALL_CALLS_PER_DAY: '0',
  BUDGET_ALL_TOKENS_PER_DAY: '0',
  EVENT_RATE: '1000000',
  EVENT_BURST: '1000000',
  MESSAGE_RATE: '1000000',
  MESSAGE_BURST: '1000000',
  START_RATE: '1000000',
  START_BURST: '1000000',
  ADDRESS_RATE: '1000000',
  ADDRESS_BURST: '1000000',
  BYTES_RATE: '1000000000',
  BYTES_BURST: '1000000000',
  MAX_CONNECTIONS: '1000000',
  CUSTOMER_BYTES_DAY: '1000000000000',
  ADDRESS_BYTES_DAY: '1000000000000',
  MAX_CHAT_ENTRIES: '1000000',
  MAX_CHAT_BYTES: '1073741824',
  // The load comes from this machine.
  TRUSTED_NETWORKS: '127.0.0.0/8,::1',
};

/** All of Baton, each service a process of its own, as production runs it. */
export async function startBaton(options: BatonOptions): Promise<Baton> {
  const { backends, name, root = ROOT } = options;
  const databaseUrl = await backends.createDatabase(name);
  await promisify(execFile)('pnpm', ['--filter', '@baton/session', 'run', 'db:migrate'], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  const common = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    DATABASE_URL: databaseUrl,
    REDIS_URL: backends.redisUrl,
    REDIS_PREFIX: `${name}:`,
    NATS_URL: backends.natsUrl,
    SUBJECT_ROOT: name,
    OPENAI_BASE_URL: options.modelUrl ?? 'http://127.0.0.1:9/v1',
    OPENAI_MODEL: 'bench',
    OPENAI_API_KEY: 'bench',
    HOST: '127.0.0.1',
    HEALTH_HOST: '127.0.0.1',
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    ...unlimited,
    ...options.env,
  };
  const counts: Record<Kind, number> = {
    session: options.sessions ?? 1,
    queue: 1,
    ai: 1,
    gateway: options.gateways ?? 1,
  };
  const services: NodeProcess[] = [];
  for (const kind of kinds) {
    for (let number = 1; number <= counts[kind]; number++) {
      const instance = `${kind}-${number}`;
      const port = await freePort();
      const profile = options.profileFolder && [
        '--cpu-prof',
        `--cpu-prof-dir=${options.profileFolder}`,
        `--cpu-prof-name=${name}-${instance}.cpuprofile`,
      ];
      services.push(
        await startNode({
          name: kind,
          program: join(root, `services/${kind}/src/main.ts`),
          wireTimes: options.wireTimes,
          env: {
            ...common,
            ...(kind === 'gateway' ? { PORT: String(port), HEALTH_PORT: '0' } : { HEALTH_PORT: String(port) }),
          },
          port,
          healthPath: kind === 'gateway' ? '/live' : '/health',
          logFile: join(backends.folder, `${name}-${instance}.log`),
          nodeFlags: [...(profile || []), ...((kind === 'gateway' && options.gatewayFlags) || [])],
        }),
      );
    }
  }
  return {
    gateways: services.filter((service) => service.name === 'gateway').map(({ url }) => url),
    services,
    processes: [...services, ...backends.processes],
    databaseUrl,
    async stop() {
      for (const kind of [...kinds].reverse())
        await Promise.all(services.filter((service) => service.name === kind).map((service) => service.stop()));
    },
  };
}
