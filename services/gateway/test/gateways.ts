import { fileURLToPath } from 'node:url';
import type {
  AckOf,
  ClientEventName,
  ClientEvents,
  PayloadInputOf,
  PayloadOf,
  ServerEventName,
  ServerEvents,
} from '@baton/contracts';
import { createLog, createMetrics, readConfig } from '@baton/runtime';
import type { TestSpace } from '@baton/testkit';
import { io, type Socket } from 'socket.io-client';
import { gatewayConfig } from '../src/config.ts';
import { startGateway } from '../src/main.ts';

export interface TestGateway {
  url: string;
  stop(): Promise<void>;
}

/** A gateway in this process, on a port of its own. */
export async function startTestGateway(
  space: TestSpace,
  name: string,
  env: Record<string, string> = {},
): Promise<TestGateway> {
  const releases: (() => unknown)[] = [];
  const config = readConfig(gatewayConfig, {
    ...space.env,
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    // Whether the pages are built on this machine is nothing to these tests.
    APPS_FOLDER: fileURLToPath(new URL('./no-apps', import.meta.url)),
    PORT: '0',
    HEALTH_PORT: '0',
    DRAIN_MS: '0',
    ...env,
  });
  const { port } = await startGateway({
    config,
    instance: name,
    log: createLog({ service: 'gateway', instance: name, level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
    metrics: createMetrics('gateway'),
    release: (_, stop) => releases.push(stop),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      for (const stop of releases.reverse()) await stop();
    },
  };
}

export interface Received {
  event: string;
  // A test reads whatever came; `of` gives it typed.
  payload: unknown;
  at: number;
}

/** A bare Socket.IO client that keeps all it is sent. */
export function createClient(url: string, options: Parameters<typeof io>[1] = {}) {
  const socket: Socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...options });
  const received: Received[] = [];
  socket.onAny((event: string, payload: unknown) => received.push({ event, payload, at: Date.now() }));
  return {
    socket,
    received,
    ask<Name extends ClientEventName>(
      event: Name,
      payload: PayloadInputOf<ClientEvents[Name]>,
    ): Promise<AckOf<ClientEvents[Name]>> {
      return socket.timeout(12_000).emitWithAck(event, payload);
    },
    of<Name extends ServerEventName>(event: Name): PayloadOf<ServerEvents[Name]>[] {
      return received
        .filter((one) => one.event === event)
        .map(({ payload }) => payload as PayloadOf<ServerEvents[Name]>);
    },
    /** Numbers of the entries of a session, in the order in which they were shown. */
    seqs(sessionId: string): number[] {
      return received
        .filter(({ event }) => event === 'message:received' || event === 'status:changed')
        .map(({ payload }) => payload as { sessionId: string; seq: number })
        .filter((entry) => entry.sessionId === sessionId)
        .map(({ seq }) => seq);
    },
    async connected(): Promise<void> {
      if (!socket.connected) await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    },
    close: () => socket.close(),
  };
}
export type TestClient = ReturnType<typeof createClient>;

/** The value of a reply that must be a success. */
export function granted<Value>(
  reply: { ok: true; value: Value } | { ok: false; code: string; message: string },
): Value {
  if (reply.ok) return reply.value;
  throw new Error(`refused: ${reply.code}: ${reply.message}`);
}
