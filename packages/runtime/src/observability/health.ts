import { createServer } from 'node:http';
import type { HealthPart, PartStatus, ServiceHealth } from '@baton/contracts';
import { within } from '../concurrency/within.ts';
import { version } from '../process/version.ts';
import type { Log } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Thrown by a check of a part that works, though not as it should. */
export class Degraded extends Error {
  override name = 'Degraded';
}

const CHECK_TIMEOUT_MS = 2_000;

/**
 * One check of something that is needed: resolves when it answers, throws when it does not. A text that it resolves
 * with says what is not known of it yet, while nothing is wrong: "starting: …".
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most checks have nothing to say, and are functions of others.
export type Check = () => Promise<string | undefined | void>;

/** Runs a check against the clock. Never throws. */
export async function checkPart(check: Check): Promise<HealthPart> {
  const start = performance.now();
  try {
    const answer = await within(
      CHECK_TIMEOUT_MS,
      check().then((detail) => ({ detail })),
    );
    if (answer === undefined) throw new Error(`no answer within ${CHECK_TIMEOUT_MS / 1_000} s`);
    const { detail } = answer;
    const latencyMs = Math.round((performance.now() - start) * 10) / 10;
    return { status: 'up', latencyMs, ...(typeof detail === 'string' && { detail }) };
  } catch (error) {
    const status = error instanceof Degraded ? 'degraded' : 'down';
    return { status, detail: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Builds a service's own report. A part in `essential` that is down takes the service down; whatever else is not up
 * degrades it.
 */
export function createHealth(options: {
  instance: string;
  essential: Record<string, Check>;
  optional?: Record<string, Check>;
  /** What is worth knowing of a part, in whichever state it is. */
  notes?: Record<string, () => readonly string[]>;
}) {
  const noted = (name: string, part: HealthPart): HealthPart => {
    const notes = [...(options.notes?.[name]?.() ?? [])];
    return notes.length === 0 ? part : { ...part, notes };
  };
  return async (): Promise<ServiceHealth> => {
    const checked = async (checks: Record<string, Check>) =>
      Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, noted(name, await checkPart(check))] as const),
      );
    const [essential, optional] = await Promise.all([checked(options.essential), checked(options.optional ?? {})]);
    const status: PartStatus = essential.some(([, part]) => part.status === 'down')
      ? 'down'
      : [...essential, ...optional].some(([, part]) => part.status !== 'up')
        ? 'degraded'
        : 'up';
    return {
      status,
      instance: options.instance,
      version,
      uptimeSeconds: Math.round(process.uptime()),
      parts: Object.fromEntries([...essential, ...optional]),
    };
  };
}

/**
 * `GET /health` (503 when down), `GET /live` (the process turns) and `GET /metrics`, on a port of their own.
 * @throws when the port is taken, naming it.
 */
export async function serveHealth(options: {
  host: string;
  port: number;
  health: () => Promise<{ status: PartStatus }>;
  metrics: Metrics;
  log: Log;
}): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      const path = request.url?.split('?')[0];
      if (request.method !== 'GET') return void response.writeHead(405).end();
      if (path === '/live') return void response.writeHead(204).end();
      if (path === '/metrics') {
        response.writeHead(200, { 'content-type': options.metrics.registry.contentType });
        return void response.end(await options.metrics.registry.metrics());
      }
      if (path === '/health') {
        const health = await options.health();
        response.writeHead(health.status === 'down' ? 503 : 200, {
          'content-type': 'application/json',
          'cache-control': 'no-store',
        });
        return void response.end(JSON.stringify(health));
      }
      response.writeHead(404).end();
    } catch (error) {
      options.log.error({ err: error }, 'a health request failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`HEALTH_PORT: port ${options.port} is taken`) : error),
    );
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
