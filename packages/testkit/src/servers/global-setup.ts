import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { type Backends, provideBackends } from './backends.ts';
import { makeRunFolder } from './run-folder.ts';
import { dropTemplate } from './template.ts';

/** What a test file needs to know of the servers of its run. */
export interface TestBackends {
  databaseUrl: string;
  redisUrl: string;
  natsUrl: string;
  /** Temporary; `<name>.pid` in it are processes that the next run ends should this one be killed. */
  folder: string;
  /** Distinguishes what this run makes on servers it may have been given. */
  runId: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    backends: TestBackends;
  }
}

/** Each vitest project sets up by itself, in its own copy of this module; the servers are to be shared. */
const SHARED = Symbol.for('baton.testkit.backends');
interface Shared {
  users: number;
  runId: string;
  started: Promise<{ folder: string; backends: Backends }>;
}
const holder: typeof globalThis & { [SHARED]?: Shared } = globalThis;

/** Vitest's global setup: real servers for the whole run, started once, stopped when the last project is done. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  holder[SHARED] ??= { users: 0, runId: randomBytes(3).toString('hex'), started: start() };
  const shared = holder[SHARED];
  shared.users += 1;
  const { folder, backends } = await shared.started;
  const { databaseUrl, redisUrl, natsUrl } = backends;
  project.provide('backends', { databaseUrl, redisUrl, natsUrl, folder, runId: shared.runId });
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete holder[SHARED];
    try {
      await dropTemplate(databaseUrl, shared.runId);
    } finally {
      await backends.stop();
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function start(): Promise<{ folder: string; backends: Backends }> {
  const folder = await makeRunFolder();
  const backends = await provideBackends(process.env, folder);
  process.stdout.write(`Postgres, Redis and NATS: ${backends.origin}\n`);
  return { folder, backends };
}
