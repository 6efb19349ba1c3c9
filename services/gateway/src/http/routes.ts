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

const forEverybody = ({ status, timestamp }: SystemHealth): PublicHealth => ({
  status: status === 'down' ? 'down' : 'up',
  timestamp,
});

/** Answers plain HTTP requests: everything but Socket.IO's own path. What is no route may be a page. */
export function createRoutes(options: {
  health: () => Promise<SystemHealth>;
  metrics: Metrics;
  /** Whether everybody is told the state of every part and the metrics; operators ask inside for them. */
  open: boolean;
  originAllowed: OriginCheck;
  hostAllowed: HostCheck;
  pages: Pages;
  /** Where all of it stands: see `standBelow`. */
  basePath: string;
  /** What the operator calls the chat, and how it greets. */
  chat: Info['chat'];
  /** [S3] Whether the address that asks may ask once more. */
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
        return json(health.status === 'down' ? 503 : 200, options.open ? health : forEverybody(health));
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
    // Whoever asks whether it is well may do so by any name, as balancers do.
    if (!PROBES.has(path) && !options.hostAllowed(request.headers.host))
      return { status: 421, type: 'text/plain', body: 'This host name is not ours; ALLOWED_HOSTS says which are.\n' };
    // What else the client has sent on its connection is not read.
    if (!options.mayVisit(request))
      return { status: 429, type: 'text/plain', body: 'Too many requests.\n', headers: { connection: 'close' } };
    const found =
      toFolder(path, query, options.basePath) ??
      (await routes.get(path)?.()) ??
      (await options.pages(path, request.headers));
    if (found !== undefined) return found;
    const forPeople = request.headers.accept?.includes('text/html') === true;
    return forPeople
      ? notFoundPage(options.basePath)
      : { status: 404, type: 'text/plain', body: 'There is nothing here.\n' };
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    // A request body is of no use here, and not waited for.
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
