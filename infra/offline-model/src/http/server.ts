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
  readonly pace: () => Pace;
  readonly apiKey: string | undefined;
}

/** Gives the body of the reply; nothing when it has replied itself. */
type Handler = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<unknown> | object;

/** The longest prompt. */
const CONTEXT_TOKENS = 128_000;
const MAX_BODY_LENGTH = 8 * 1024 * 1024;
const WRONG_KEY = 'Incorrect API key provided, or none. It belongs in a header: Authorization: Bearer YOUR_KEY.';
const STARTED = Math.floor(Date.now() / 1000);

export function createModelServer(parts: ServerParts): Server {
  const routes = routesOf(parts);
  const handle = async (request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    response.setHeader('x-request-id', newId('req_'));
    try {
      const path = request.url?.split('?', 1)[0] ?? '';
      const handler = findHandler(routes, request.method ?? '', path);
      const isOpen = parts.apiKey === undefined || !path.startsWith('/v1/');
      if (!isOpen && request.headers.authorization !== `Bearer ${parts.apiKey}`)
        throw new ApiError(401, WRONG_KEY, { code: 'invalid_api_key' });
      const body = await handler(request, response, signal);
      if (body !== undefined) sendJson(response, 200, body);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) process.stderr.write(`offline model: ${String(error)}\n`);
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

type Routes = Readonly<Record<string, Readonly<Record<string, Handler>> | undefined>>;

const routesOf = (parts: ServerParts): Routes => ({
  '/health': { GET: () => ({ status: 'ok', model: DEFAULT_MODEL, sections: parts.knowledge.sections.length }) },
  '/v1/models': { GET: () => ({ object: 'list', data: MODELS.map(modelNamed) }) },
  '/v1/chat/completions': { POST: (...given) => complete(parts, ...given) },
  ...(parts.control.isOpen && {
    '/control': {
      GET: () => parts.control.shown,
      POST: async (request: IncomingMessage) => parts.control.setRules(await readJson(request)),
      DELETE: () => parts.control.reset(),
    },
  }),
});

/** The handler of a request. @throws ApiError when there is none */
function findHandler(routes: Routes, method: string, path: string): Handler {
  const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1]?.replace(/%2f/i, '/');
  const methods: Routes[string] = model === undefined ? routes[path] : { GET: () => modelNamed(model) };
  const handler = methods?.[method];
  if (handler !== undefined) return handler;
  const allow = Object.keys(methods ?? {}).join(', ');
  const advice = routes[`/v1${path}`] === undefined ? '' : ' The base URL ends in /v1.';
  if (allow === '') throw new ApiError(404, `There is nothing at ${path}.${advice}`, { code: 'unknown_url' });
  const text = `Not allowed to ${method} on ${path}. Allowed: ${allow}.`;
  throw new ApiError(405, text, { code: 'method_not_allowed', headers: { allow } });
}

async function complete(parts: ServerParts, incoming: IncomingMessage, response: ServerResponse, signal: AbortSignal) {
  const { control, knowledge, pace } = parts;
  const request = parseChatRequest(await readJson(incoming));
  modelNamed(request.model);
  const tokens = promptTokens(request);
  if (tokens > CONTEXT_TOKENS) {
    const text = `This model's maximum context length is ${CONTEXT_TOKENS} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`;
    throw new ApiError(400, text, { param: 'messages', code: 'context_length_exceeded' });
  }
  const { chosen, scripted } = control.choose(request);
  const { instead, error, number } = chosen;
  const end = control.note(request, chosen.name);
  try {
    if (instead === 'hang') return end(await untilAborted(signal));
    if (instead === 'reset') {
      response.destroy();
      return end('brokenOff');
    }
    if (error !== undefined) throw new ApiError(error.status, error.message, error);
    if (instead === 'error') throw serverError(number >= 400 && number <= 599 ? number : 500);
    const reply = misbehave(chosen, request, scripted ?? answer(request, knowledge, request.maxTokens));
    end(...(await deliver(response, request, reply, chosen, pace(), knowledge.fingerprint, signal)));
  } catch (error) {
    end(signal.aborted ? 'clientLeft' : error instanceof ApiError ? 'refused' : 'brokenOff');
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
