import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Measured } from '@baton/bench/cpu';
import { freePort } from '@baton/local';
import { type ServiceProcess, startService, well } from '@baton/testkit/service-process';
import pg from 'pg';
import { io } from 'socket.io-client';
import { type Backends, backendNames } from '../world/backends.ts';
import { type Kind, modelRules } from './attacks.ts';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const services = ['session', 'queue', 'ai', 'gateway'] as const;

/** All of Baton with its default limits, one process of each service, and nothing between it and its clients. */
export interface System {
  url: string;
  /** Makes the model behave as this attack wants it, or as usual. */
  modelFor(kind: Kind | undefined): Promise<void>;
  /** A chat with so many megabytes, which were put into the database: nobody could write them. */
  longChat(megabytes: number): Promise<{ sessionId: string; token: string }>;
  /** A figure of the gateway's metrics, summed over its labels. */
  metric(name: string): Promise<number>;
  /** The services, and the servers behind them. */
  processes(): Promise<Measured[]>;
  /** Names of the services that have ended. */
  ended(): string[];
  stop(): Promise<void>;
}

export async function startSystem(backends: Backends): Promise<System> {
  const { root } = await backends.freshSpace();
  const databaseUrl = new URL(`/${root}`, backends.postgres.url).toString();
  const modelPort = await freePort();
  const modelUrl = `http://127.0.0.1:${modelPort}`;
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const common = {
    PATH,
    HOME,
    NODE_COMPILE_CACHE,
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    HEALTH_HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    REDIS_URL: backends.redis.url,
    REDIS_PREFIX: `${root}:`,
    NATS_URL: backends.nats.url,
    SUBJECT_ROOT: root,
    // Clients name the address that they come from as a proxy in front would.
    TRUSTED_PROXIES: '1',
    OPENAI_BASE_URL: `${modelUrl}/v1`,
    OPENAI_API_KEY: 'offline',
    OPENAI_MODEL: 'baton-offline',
  };
  const started: ServiceProcess[] = [];
  const start = async (name: string, program: string, port: number, env: Record<string, string> = {}) => {
    const healthUrl = `http://127.0.0.1:${port}/health`;
    const { folder } = backends;
    const service = await startService({ name, program, env: { ...common, ...env }, healthUrl, folder });
    started.push(service);
    return () => well(service, healthUrl);
  };
  const stop = async () => {
    await Promise.all(started.filter(({ exit }) => exit === undefined).map((service) => service.kill()));
  };
  let url = '';
  try {
    const areWell = [
      await start('model', inProject('infra/offline-model/src/main.ts'), modelPort, {
        PORT: String(modelPort),
        CONTROL: 'true',
      }),
    ];
    for (const name of services) {
      const port = await freePort();
      const isGateway = name === 'gateway';
      const ports = isGateway
        ? { PORT: String(port), HEALTH_PORT: String(await freePort()) }
        : { HEALTH_PORT: String(port) };
      areWell.push(await start(name, inProject(`services/${name}/src/main.ts`), port, ports));
      if (isGateway) url = `http://127.0.0.1:${port}`;
    }
    await Promise.all(areWell.map((isWell) => isWell()));
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    url,
    async modelFor(kind) {
      const rule = kind && modelRules[kind];
      await fetch(`${modelUrl}/control`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rules: rule ? [rule] : [] }),
      });
    },
    async longChat(megabytes) {
      const customer = io(url, { transports: ['websocket'], forceNew: true });
      const reply = await customer
        .timeout(10_000)
        .emitWithAck('customer:start_chat', { userId: 'long', greeted: true });
      customer.close();
      const { session, token } = reply.value as { session: { id: string }; token: string };
      await fill(databaseUrl, session.id, Math.round((megabytes * 1e6) / ENTRY_LENGTH));
      return { sessionId: session.id, token };
    },
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    async processes() {
      const servers = backendNames.map(async (name) => ({ name, pid: (await backends[name].processes())[0] ?? 0 }));
      return [...started.map(({ name, pid }) => ({ name, pid })), ...(await Promise.all(servers))];
    },
    ended: () => started.filter(({ unexpectedExit }) => unexpectedExit !== undefined).map(({ name }) => name),
    stop,
  };
}

const ENTRY_LENGTH = 16_000;

/** Messages with numbers behind the first entry, as the session service would have written them. */
async function fill(databaseUrl: string, sessionId: string, entries: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO messages (id, session_id, seq, kind, content, sender, timestamp, metadata)
       SELECT $2 || n, $1, n + 1, 'message', repeat('long ', $4 / 5), 'user', now(), '{}'
       FROM generate_series(1, $3::int) n`,
      [sessionId, `${randomUUID()}-`, entries, ENTRY_LENGTH],
    );
    await client.query('UPDATE chat_sessions SET last_seq = $2 WHERE id = $1', [sessionId, entries + 1]);
  } finally {
    await client.end();
  }
}
