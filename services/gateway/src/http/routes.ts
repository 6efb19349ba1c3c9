import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Info, SystemHealth } from '@baton/contracts';
import { type Log, type Metrics, version } from '@baton/runtime';
import type { OriginCheck } from './origins.ts';
import { welcomePage } from './welcome-page.ts';

interface Answer {
  status: number;
  type?: string;
  body?: string;
  /** Pages of other origins that may connect may read this as well. */
  readableByPages?: boolean;
}
type Route = () => Promise<Answer> | Answer;

const info: Info = {
  name: 'baton',
  version,
  features: { bot: true, handoff: true, queuePosition: true, drafts: true, typing: true, notes: true, resume: true },
};

const headers = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
};

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
  readableByPages: true,
});

/** Answers plain HTTP requests: everything but Socket.IO's own path. Pages are added here, one route each. */
export function createRoutes(options: {
  health: () => Promise<SystemHealth>;
  metrics: Metrics;
  originAllowed: OriginCheck;
  /** [S3] Whether the address that asks may ask once more. */
  mayVisit: (request: IncomingMessage) => boolean;
  log: Log;
}) {
  const routes = new Map<string, Route>([
    ['/', () => ({ status: 200, type: 'text/html; charset=utf-8', body: welcomePage })],
    ['/live', () => ({ status: 204 })],
    ['/api/info', () => json(200, info)],
    [
      '/health',
      async () => {
        const health = await options.health();
        return json(health.status === 'down' ? 503 : 200, health);
      },
    ],
    [
      '/metrics',
      async () => ({
        status: 200,
        type: options.metrics.registry.contentType,
        body: await options.metrics.registry.metrics(),
      }),
    ],
  ]);

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const route = routes.get(request.url?.split('?')[0] ?? '/');
    if (route === undefined) return { status: 404, type: 'text/plain', body: 'There is nothing here.\n' };
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405 };
    if (!options.mayVisit(request)) return { status: 429, type: 'text/plain', body: 'Too many requests.\n' };
    return route();
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    // A request body is of no use here, and not waited for.
    request.resume();
    answer(request)
      .catch((error: unknown): Answer => {
        options.log.error({ err: error, path: request.url?.split('?')[0] }, 'a request over HTTP failed');
        return { status: 500 };
      })
      .then(({ status, type, body, readableByPages }) => {
        const { origin, host } = request.headers;
        const shared = readableByPages && origin !== undefined && options.originAllowed(origin, host);
        response.writeHead(status, {
          ...headers,
          ...(type !== undefined && { 'content-type': type }),
          ...(readableByPages && { vary: 'origin' }),
          ...(shared && { 'access-control-allow-origin': origin }),
        });
        response.end(request.method === 'HEAD' ? undefined : body);
      })
      .catch((error: unknown) => options.log.error({ err: error }, 'an answer over HTTP could not be sent'));
  };
}
