import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Info, PublicHealth, SystemHealth } from '@baton/contracts';
import { type Log, type Metrics, throttled, version } from '@baton/runtime';
import type { Answer } from './answer.ts';
import { toFolder } from './base-path.ts';
import type { HostCheck } from './hosts.ts';
import type { OriginCheck } from './origins.ts';
import type { Pages } from './pages.ts';
import { notFoundPage, plainStyleSource } from './plain-page.ts';

type Route = () => Promise<Answer> | Answer;

const info: Omit<Info, 'chat'> = {
  name: 'baton',
  version,
  features: {
    bot: true,
    handoff: true,
    queuePosition: true,
    drafts: true,
    typing: true,
    notes: true,
    resume: true,
    seen: true,
    rating: true,
  },
};

const headers = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': `default-src 'none'; style-src ${plainStyleSource}; frame-ancestors 'none'; base-uri 'none'`,
  'cache-control': 'no-store',
};

const PROBES: ReadonlySet<string> = new Set(['/live', '/health']);

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
  readableByPages: true,
});

const publicView = ({ status, timestamp }: SystemHealth): PublicHealth => ({
  status: status === 'down' ? 'down' : 'up',
  timestamp,
});

/** Answers plain HTTP requests: everything except Socket.IO's own path. A path without a route may be a page. */
export function createRoutes(options: {
  health: () => Promise<SystemHealth>;
  metrics: Metrics;
  /** Whether this port serves the health of every part and the metrics. Operators read them on `HEALTH_PORT`. */
  open: boolean;
  originAllowed: OriginCheck;
  hostAllowed: HostCheck;
  pages: Pages;
  /** See `serveBelow`. */
  basePath: string;
  /** The operator's title for the chat, and its greeting. */
  chat: Info['chat'];
  /** [S3] Whether the client's address may make one more request. */
  mayVisit: (request: IncomingMessage) => boolean;
  log: Log;
}) {
  const routes = new Map<string, Route>([
    ['/live', () => ({ status: 204 })],
    ['/api/info', () => json(200, { ...info, chat: options.chat } satisfies Info)],
    [
      '/health',
      async () => {
        const health = await options.health();
        return json(health.status === 'down' ? 503 : 200, options.open ? health : publicView(health));
      },
    ],
  ]);
  if (options.open)
    routes.set('/metrics', async () => ({
      status: 200,
      type: options.metrics.registry.contentType,
      body: await options.metrics.registry.metrics(),
    }));

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const [path = '/', query] = request.url?.split('?', 2) ?? [];
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405 };
    // Health probes, such as a load balancer's, may use any host name.
    if (!PROBES.has(path) && !options.hostAllowed(request.headers.host))
      return { status: 421, type: 'text/plain', body: 'This host name is not ours; ALLOWED_HOSTS says which are.\n' };
    // Further requests of this connection are not read.
    if (!options.mayVisit(request))
      return { status: 429, type: 'text/plain', body: 'Too many requests.\n', headers: { connection: 'close' } };
    const found =
      toFolder(path, query, options.basePath) ??
      (await routes.get(path)?.()) ??
      (await options.pages(path, request.headers));
    if (found !== undefined) return found;
    const acceptsHtml = request.headers.accept?.includes('text/html') === true;
    return acceptsHtml
      ? notFoundPage(options.basePath)
      : { status: 404, type: 'text/plain', body: 'There is nothing here.\n' };
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    // Request bodies are discarded.
    request.resume();
    answer(request)
      .catch((error: unknown): Answer => {
        const path = request.url?.split('?')[0] ?? '';
        throttled(options.log).error(path, { err: error, path }, 'a request over HTTP failed');
        return { status: 500 };
      })
      .then(({ status, type, body, readableByPages, headers: own }) => {
        const { origin, host } = request.headers;
        const shared = readableByPages && origin !== undefined && options.originAllowed(origin, host);
        const usual = Object.entries({ ...headers, ...own }).filter(([, value]) => value !== '');
        response.writeHead(status, {
          ...Object.fromEntries(usual),
          ...(type !== undefined && { 'content-type': type }),
          ...(readableByPages && { vary: 'origin' }),
          ...(shared && { 'access-control-allow-origin': origin }),
        });
        response.end(request.method === 'HEAD' ? undefined : body);
      })
      .catch((error: unknown) =>
        throttled(options.log).error(String(error), { err: error }, 'an answer over HTTP could not be sent'),
      );
  };
}
