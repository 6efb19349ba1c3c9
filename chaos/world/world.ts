import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { freePort } from '@baton/local';
import { type FaultProxy, startFaultProxy } from '@baton/testkit/fault-proxy';
import { type ServiceProcess, startService, well } from '@baton/testkit/service-process';
import { execa } from 'execa';
import { type Backends, flushAll } from './backends.ts';

export const serviceKinds = ['session', 'queue', 'ai', 'gateway'] as const;
export type ServiceKind = (typeof serviceKinds)[number];
export const linkEnds = ['postgres', 'redis', 'nats', 'model'] as const;
export type LinkEnd = (typeof linkEnds)[number];

/** What each kind of service connects to. */
export const linksOf: Record<ServiceKind, readonly LinkEnd[]> = {
  session: ['postgres', 'nats'],
  queue: ['redis', 'nats'],
  ai: ['nats', 'model'],
  gateway: ['redis', 'nats'],
};

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PROGRAMS: Record<ServiceKind | 'model', string> = {
  model: inProject('infra/offline-model/src/main.ts'),
  session: inProject('services/session/src/main.ts'),
  queue: inProject('services/queue/src/main.ts'),
  ai: inProject('services/ai/src/main.ts'),
  gateway: inProject('services/gateway/src/main.ts'),
};

/** How long an agent may be gone, and how long a customer may be left without an answer, in ms. */
export interface Times {
  graceMs: number;
  deadlineMs: number;
}
/** Short enough for a run to exceed them. The promises do not depend on their values. */
export const usualTimes: Times = { graceMs: 4_000, deadlineMs: 15_000 };
const OTHER_TIMES: Record<string, string> = {
  FIRST_TOKEN_TIMEOUT_MS: '2000',
  IDLE_TIMEOUT_MS: '1500',
  TURN_TIMEOUT_MS: '8000',
  BURST_QUIET_MS: '50',
  // Six seconds: in a run, all agents are sometimes gone for that long.
  NOBODY_ONLINE_AFTER_MINUTES: '0.1',
  DRAIN_MS: '500',
};
/** All clients come from one address, and are not what is tested. */
const NO_LIMITS: Record<string, string> = Object.fromEntries(
  ['EVENT', 'MESSAGE', 'START', 'ADDRESS'].flatMap((what) => [
    [`${what}_RATE`, '100000'],
    [`${what}_BURST`, '100000'],
  ]),
);
/** All customers are at one address. */
const ANY_WAIT = { CUSTOMER_WAITING_CHATS: '0', ADDRESS_WAITING_CHATS: '0' };

/**
 * Lets every program be compiled once: from here on those that this process begins take what was kept in the folder,
 * which is a third of what their start costs. A process that is killed leaves nothing there, so each is given a reason
 * to end by itself.
 */
export async function compileAhead(folder: string): Promise<void> {
  process.env.NODE_COMPILE_CACHE = folder;
  const env = { LOG_LEVEL: 'none of the levels', PORT: 'none of the ports' };
  await Promise.all(
    Object.values(PROGRAMS).map((program) =>
      execa(process.execPath, [program], { env, reject: false, timeout: 20_000 }),
    ),
  );
}

/** One service process, with a proxy of its own on each of its links. */
export interface Member {
  readonly kind: ServiceKind;
  readonly process: ServiceProcess;
  readonly links: Partial<Record<LinkEnd, FaultProxy>>;
  /** Between the clients and it; gateways only. */
  readonly entrance: FaultProxy | undefined;
}

export interface WorldOptions {
  backends: Backends;
  /** Of each service. */
  count: number;
  autoAssign: boolean;
  times?: Times;
  /** More variables for every service. */
  env?: Record<string, string>;
}

/** The whole system, each part of it reached through proxies of ours. */
export interface World {
  readonly backends: Backends;
  readonly members: Member[];
  readonly model: ServiceProcess;
  /** Sets how the model misbehaves; 'usual' ends it. */
  modelBehaves(behaviour: string): Promise<void>;
  readonly times: Times;
  readonly databaseUrl: string;
  readonly redisPrefix: string;
  readonly root: string;
  /** FLUSHALL. */
  flushRedis(): Promise<void>;
  of(kind: ServiceKind): Member[];
  /** Starts one more of a kind. */
  add(kind: ServiceKind): Promise<Member>;
  /** Where clients may connect now: gateways that run, by their proxies. */
  entrances(): string[];
  proxies(): FaultProxy[];
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const { backends, times = usualTimes } = options;
  const { folder } = backends;
  const { root } = await backends.freshSpace();
  const modelPort = await freePort();
  // One secret for all gateways and all their restarts: a client returns to any of them.
  const secret = randomBytes(32).toString('base64url');
  const host = '127.0.0.1';
  const portOf: Record<LinkEnd, () => number> = {
    postgres: () => backends.postgres.port,
    redis: () => backends.redis.port,
    nats: () => backends.nats.port,
    model: () => modelPort,
  };
  const databaseUrl = () => new URL(`/${root}`, backends.postgres.url);
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const base = { PATH, HOME, NODE_COMPILE_CACHE, NODE_ENV: 'test', LOG_LEVEL: 'warn' };
  const members: Member[] = [];
  const proxies: FaultProxy[] = [];
  const proxy = async (name: string, portNow: () => number) => {
    const made = await startFaultProxy(portNow, name);
    proxies.push(made);
    return made;
  };

  const started: Record<ServiceKind, number> = { session: 0, queue: 0, ai: 0, gateway: 0 };
  const startMember = async (kind: ServiceKind): Promise<Member> => {
    started[kind]++;
    const name = `${kind}-${started[kind]}`;
    const port = await freePort();
    const links: Partial<Record<LinkEnd, FaultProxy>> = {};
    for (const end of linksOf[kind]) links[end] = await proxy(`${name}→${end}`, portOf[end]);
    const through = (end: LinkEnd) => `${host}:${links[end]?.port ?? portOf[end]()}`;
    const database = databaseUrl();
    database.host = through('postgres');
    const entrance = kind === 'gateway' ? await proxy(`clients→${name}`, () => port) : undefined;
    const process = await startService({
      name,
      program: PROGRAMS[kind],
      env: {
        ...base,
        ...OTHER_TIMES,
        AGENT_GRACE_MS: String(times.graceMs),
        ANSWER_DEADLINE_MS: String(times.deadlineMs),
        ...NO_LIMITS,
        ...ANY_WAIT,
        HOST: host,
        HEALTH_HOST: host,
        ...(kind === 'gateway' ? { PORT: String(port), HEALTH_PORT: '0' } : { HEALTH_PORT: String(port) }),
        SESSION_SECRET: secret,
        NATS_URL: `nats://${through('nats')}`,
        SUBJECT_ROOT: root,
        ...(kind === 'session' && { DATABASE_URL: database.toString() }),
        ...((kind === 'queue' || kind === 'gateway') && { REDIS_URL: `redis://${through('redis')}` }),
        REDIS_PREFIX: `${root}:`,
        AUTO_ASSIGN: String(options.autoAssign),
        ...(kind === 'ai' && {
          OPENAI_BASE_URL: `http://${through('model')}/v1`,
          OPENAI_API_KEY: 'offline',
          OPENAI_MODEL: 'baton-offline',
        }),
        ...options.env,
      },
      healthUrl: `http://${host}:${port}/health`,
      folder,
    });
    const member: Member = { kind, process, links, entrance };
    members.push(member);
    return member;
  };
  const isWell = (service: ServiceProcess) => {
    const look = () => well(service, `${service.url}/health`);
    // On a machine with much else to do a start takes its time; it is not what is tested.
    return look().catch(look);
  };

  const model = await startService({
    name: 'model',
    program: PROGRAMS.model,
    env: { ...base, PORT: String(modelPort), HOST: host, TOKENS_PER_SECOND: '1000', CONTROL: 'true' },
    healthUrl: `http://${host}:${modelPort}/health`,
    folder,
  });
  const stop = async () => {
    const running = [...members.map(({ process }) => process), model].filter((one) => one.exit === undefined);
    await Promise.all(running.map((one) => one.kill()));
    await Promise.all(proxies.map((one) => one.close()));
  };
  try {
    for (const kind of serviceKinds) await Promise.all(Array.from({ length: options.count }, () => startMember(kind)));
    await Promise.all([model, ...members.map(({ process }) => process)].map(isWell));
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    backends,
    times,
    members,
    model,
    get databaseUrl() {
      return databaseUrl().toString();
    },
    redisPrefix: `${root}:`,
    root,
    flushRedis: () => flushAll(backends.redis.url),
    of: (kind) => members.filter((one) => one.kind === kind),
    async add(kind) {
      const member = await startMember(kind);
      await isWell(member.process);
      return member;
    },
    async modelBehaves(behaviour) {
      await fetch(`http://${host}:${modelPort}/control`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rules: [{ behaviour }] }),
      });
    },
    entrances: () =>
      members.flatMap(({ entrance, process }) =>
        entrance && process.exit === undefined ? [`http://${host}:${entrance.port}`] : [],
      ),
    proxies: () => proxies,
    stop,
  };
}
