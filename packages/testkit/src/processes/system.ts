import { fileURLToPath } from 'node:url';
import { freePort } from '@baton/local';
import { inject } from 'vitest';
import { atEnd, onFailure } from '../at-end.ts';
import { type TestSpace, testSpace } from '../servers/space.ts';
import { describe, endOfLog, type ServiceProcess, startService, well } from './service-process.ts';

/** The programs a system is made of, in the order in which they start; they are stopped in the reverse order. */
const kinds = ['model', 'session', 'workspace', 'queue', 'ai', 'gateway'] as const;
export type ServiceKind = (typeof kinds)[number];

const inProject = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const PROGRAMS: Record<ServiceKind, string> = {
  model: inProject('infra/offline-model/src/main.ts'),
  session: inProject('services/session/src/main.ts'),
  workspace: inProject('services/workspace/src/main.ts'),
  queue: inProject('services/queue/src/main.ts'),
  ai: inProject('services/ai/src/main.ts'),
  gateway: inProject('services/gateway/src/main.ts'),
};

/** Where a kind is asked how it is. Of gateways tests ask where customers connect; inside, any port will do. */
const listensOn: Record<ServiceKind, 'PORT' | 'HEALTH_PORT'> = {
  model: 'PORT',
  session: 'HEALTH_PORT',
  workspace: 'HEALTH_PORT',
  queue: 'HEALTH_PORT',
  ai: 'HEALTH_PORT',
  gateway: 'PORT',
};

export interface SystemOptions {
  /** How many of each; one unless told. */
  gateways?: number;
  sessions?: number;
  queues?: number;
  ais?: number;
  /** None unless told: chats do not need it. */
  workspaces?: number;
  /** More variables for every process, and for those of one kind. */
  env?: Record<string, string>;
  envOf?: Partial<Record<ServiceKind, Record<string, string>>>;
  /** Another program in the place of a kind's own. */
  programs?: Partial<Record<ServiceKind, string>>;
  /** The space to run in, if the test has one already. */
  space?: TestSpace;
}

export interface System {
  space: TestSpace;
  gateways: ServiceProcess[];
  sessions: ServiceProcess[];
  queues: ServiceProcess[];
  ais: ServiceProcess[];
  /** The offline model. */
  model: ServiceProcess;
  /** The gateways' addresses. */
  urls: string[];
  /** Stops everything in order. Fails when a process had ended that no test had ended, or did not drain. */
  stop: () => Promise<void>;
}

/**
 * Runs the whole system in a private space, each service as a process of its own, and waits until all are well. It is
 * stopped by itself: after the file's last test when called at its top, else after the test that called it. When a test
 * fails, the processes' logs are printed.
 */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const space = options.space ?? (await testSpace());
  const { folder } = inject('backends');
  const counts: Record<ServiceKind, number> = {
    model: 1,
    session: options.sessions ?? 1,
    workspace: options.workspaces ?? 0,
    queue: options.queues ?? 1,
    ai: options.ais ?? 1,
    gateway: options.gateways ?? 1,
  };
  const modelPort = await freePort();
  const common = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    ...space.env,
    OPENAI_BASE_URL: `http://127.0.0.1:${modelPort}/v1`,
    OPENAI_API_KEY: 'offline',
    OPENAI_MODEL: 'baton-offline',
    ...options.env,
  };
  // The model writes ten times as fast as a person reads, and a test can tell it how to behave.
  const envOf: SystemOptions['envOf'] = {
    ...options.envOf,
    model: { TOKENS_PER_SECOND: '400', CONTROL: 'true', ...options.envOf?.model },
  };
  const started: ServiceProcess[] = [];
  const healthUrls = new Map<ServiceProcess, string>();
  const startOne = async (kind: ServiceKind, index: number) => {
    const port = kind === 'model' ? modelPort : await freePort();
    const place = { [listensOn[kind]]: String(port), ...(kind === 'gateway' && { HEALTH_PORT: '0' }) };
    const healthUrl = `http://127.0.0.1:${port}/health`;
    const service = await startService({
      name: `${kind}-${index + 1}`,
      program: options.programs?.[kind] ?? PROGRAMS[kind],
      env: { ...common, HOST: '127.0.0.1', HEALTH_HOST: '127.0.0.1', ...place, ...envOf[kind] },
      healthUrl,
      folder,
    });
    started.push(service);
    healthUrls.set(service, healthUrl);
    return service;
  };

  // Complaints go to the first that stops it: the test itself, or else the end of the test.
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await stopAll(started);
  };
  atEnd(stop);
  onFailure(() => process.stderr.write(`${started.map((service) => endOfLog(service)).join('\n')}\n`));

  const of = {} as Record<ServiceKind, ServiceProcess[]>;
  for (const kind of kinds) {
    of[kind] = await Promise.all(Array.from({ length: counts[kind] }, (_, index) => startOne(kind, index)));
  }
  try {
    await Promise.all([...healthUrls].map(([service, url]) => well(service, url)));
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
  const [model] = of.model;
  if (model === undefined) throw new Error('a system has one model');
  return {
    space,
    gateways: of.gateway,
    sessions: of.session,
    queues: of.queue,
    ais: of.ai,
    model,
    urls: of.gateway.map(({ url }) => url),
    stop,
  };
}

async function stopAll(started: readonly ServiceProcess[]): Promise<void> {
  const faults = started.flatMap((service) =>
    service.unexpectedExit ? [`${service.name} ended by itself ${describe(service.unexpectedExit)}`] : [],
  );
  for (const kind of [...kinds].reverse()) {
    const those = started.filter(({ name, exit }) => name.startsWith(`${kind}-`) && exit === undefined);
    await Promise.all(
      those.map(async (service) => {
        const exit = await service.term();
        if (exit.code !== 0) faults.push(`${service.name} did not stop well on SIGTERM: it ended ${describe(exit)}`);
      }),
    );
  }
  if (faults.length === 0) return;
  throw new Error([...faults, ...started.map((service) => endOfLog(service))].join('\n'));
}
