import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answer } from '../brain/answer.ts';
import type { Knowledge } from '../brain/knowledge.ts';
import { behaviourOfModel, DEFAULT_MODEL, MODELS, misbehave } from '../faults/behaviours.ts';
import type { Control } from '../faults/control.ts';
import { parseChatRequest } from '../request/chat-request.ts';
import { ApiError, serverError } from './api-error.ts';
import { newId, promptTokens } from './completion.ts';
import { deliver, type Pace, sendJson, untilAborted } from './deliver.ts';

interface ServerParts {
  readonly knowledge: Knowledge;
  readonly control: Control;
  /** Whether `/control` answers. */
  readonly controlOpen: boolean;
  readonly pace: () => Pace;
  readonly apiKey: string | undefined;
  /** The longest prompt, in tokens. */
  readonly contextTokens: number;
  /** Told about every error that is ours. */
  readonly onError: (error: unknown) => void;
}

/** Gives the body of the reply; nothing when it has replied itself. */
type Handler = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<unknown> | object;

const MAX_BODY_LENGTH = 8 * 1024 * 1024;
const STARTED = Math.floor(Date.now() / 1000);

/** The HTTP server, not yet listening. */
export function createModelServer(parts: ServerParts): Server {
  const routes = routesOf(parts);
  const handle = async (request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    response.setHeader('x-request-id', newId('req_'));
    try {
      const path = request.url?.split('?', 1)[0] ?? '';
      const handler = findHandler(routes, request.method ?? '', path);
      if (path.startsWith('/v1/')) checkKey(request, parts.apiKey);
      const body = await handler(request, response, signal);
      if (body !== undefined) sendJson(response, 200, body);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) parts.onError(error);
      const refusal = error instanceof ApiError ? error : serverError();
      if (response.headersSent) response.destroy();
      else sendJson(response, refusal.status, refusal.body, refusal.headers);
    }
  };
  const server = createServer((request, response) => {
    const abort = new AbortController();
    response.once('close', () => {
      // A server that is closing does not by itself close connections that fall idle later.
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
      if (!response.writableFinished) abort.abort();
    });
    void handle(request, response, abort.signal);
  });
  // Longer than any client keeps an idle connection, so that none is closed under a request on its way.
  server.keepAliveTimeout = 75_000;
  return server;
}

/** The handlers by path and method. */
const routesOf = (parts: ServerParts): ReadonlyMap<string, Readonly<Record<string, Handler>>> =>
  new Map(
    Object.entries({
      '/health': {
        GET: () => ({ status: 'ok', model: DEFAULT_MODEL, sections: parts.knowledge.sections.length }),
      },
      '/v1/models': { GET: () => ({ object: 'list', data: MODELS.map(modelNamed) }) },
      '/v1/chat/completions': { POST: (...given) => complete(parts, ...given) },
      ...(parts.controlOpen && {
        '/control': {
          GET: () => parts.control.shown,
          POST: async (request) => parts.control.setRules(await readJson(request)),
          DELETE: () => parts.control.reset(),
        },
      }),
    } satisfies Record<string, Record<string, Handler>>),
  );

/** The handler of a request. @throws ApiError when there is none */
function findHandler(routes: ReturnType<typeof routesOf>, method: string, path: string): Handler {
  const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1]?.replace(/%2f/i, '/');
  const methods = model === undefined ? routes.get(path) : { GET: () => modelNamed(model) };
  const handler = methods?.[method];
  if (handler !== undefined) return handler;
  const allow = Object.keys(methods ?? {}).join(', ');
  const advice = routes.has(`/v1${path}`) ? ' The base URL ends in /v1.' : '';
  if (allow === '') throw new ApiError(404, `There is nothing at ${path}.${advice}`, { code: 'unknown_url' });
  const text = `Not allowed to ${method} on ${path}. Allowed: ${allow}.`;
  throw new ApiError(405, text, { code: 'method_not_allowed', headers: { allow } });
}

async function complete(
  { control, knowledge, contextTokens, pace }: ServerParts,
  incoming: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const request = parseChatRequest(await readJson(incoming));
  modelNamed(request.model);
  const tokens = promptTokens(request);
  if (tokens > contextTokens) {
    const text = `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`;
    throw new ApiError(400, text, { param: 'messages', code: 'context_length_exceeded' });
  }
  const { chosen, scripted } = control.choose(request);
  const { instead, error, number } = chosen;
  const end = control.note(request, chosen.name);
  try {
    if (instead === 'hang') return end(await untilAborted(signal));
    if (instead === 'reset') {
      response.destroy();
      return end('broken off');
    }
    if (error !== undefined) throw new ApiError(error.status, error.message, error);
    if (instead === 'error') throw serverError(number >= 400 && number <= 599 ? number : 500);
    const reply = misbehave(chosen, request, scripted ?? answer(request, knowledge, request.maxTokens));
    const seal = fingerprint(knowledge);
    const { outcome, finishReason } = await deliver(response, request, reply, chosen, pace(), seal, signal);
    end(outcome, finishReason);
  } catch (error) {
    end(signal.aborted ? 'client left' : error instanceof ApiError ? 'refused' : 'broken off');
    throw error;
  }
}

/** A model as the API shows it. @throws ApiError 404 when there is none of that name */
function modelNamed(id: string): object {
  if (behaviourOfModel(id) !== undefined) return { id, object: 'model', created: STARTED, owned_by: 'baton' };
  const text = `The model '${id}' does not exist or you do not have access to it.`;
  throw new ApiError(404, text, { param: 'model', code: 'model_not_found' });
}

/** Reads a request's body as JSON. @throws ApiError 400 or 413 */
async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  let size = 0;
  for await (const part of request.setEncoding('utf8') as AsyncIterable<string>) {
    size += part.length;
    // What is too much is read on and thrown away: a client that is still sending would not see the answer otherwise.
    if (size <= MAX_BODY_LENGTH) text += part;
  }
  if (size > MAX_BODY_LENGTH) {
    const why = `Request body too large: ${size} characters, at most ${MAX_BODY_LENGTH} are read.`;
    throw new ApiError(413, why, { code: 'request_too_large' });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'We could not parse the JSON body of your request. The request body must be valid JSON.');
  }
}

function checkKey({ headers }: IncomingMessage, apiKey: string | undefined): void {
  if (apiKey === undefined) return;
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim() ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (timingSafeEqual(digest(given), digest(apiKey))) return;
  const text = 'Incorrect API key provided, or none. It belongs in a header: Authorization: Bearer YOUR_KEY.';
  throw new ApiError(401, text, { code: 'invalid_api_key' });
}

/** Changes when the knowledge does: the same fingerprint and messages give the same words. */
const fingerprint = ({ sections }: Knowledge): string =>
  `fp_${createHash('sha256').update(JSON.stringify(sections)).digest('hex').slice(0, 10)}`;
