import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answer } from '../brain/answer.ts';
import type { Knowledge } from '../brain/knowledge.ts';
import { WHO_I_AM } from '../brain/replies.ts';
import { BEHAVIOURS, DEFAULT_MODEL, FAULT_PREFIX } from '../faults/behaviours.ts';
import { behaviourOfModel, type Control, parseRules } from '../faults/control.ts';
import { parseChatRequest } from '../request/parse-chat-request.ts';
import { ApiError, serverError } from './api-error.ts';
import { deliver } from './deliver.ts';
import { readJson, sendJson } from './http-exchange.ts';
import { type Pace, untilAborted } from './pace.ts';
import { type Envelope, newId, promptTokens } from './wire.ts';

export interface ServerParts {
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

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const STARTED = Math.floor(Date.now() / 1000);

type Handler = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void> | void;

/** The HTTP server, not yet listening. `running` holds the abort of each request that is being answered. */
export function createModelServer(parts: ServerParts): { server: Server; running: Set<AbortController> } {
  const running = new Set<AbortController>();
  const server = createServer((request, response) => {
    const abort = new AbortController();
    running.add(abort);
    response.once('close', () => {
      running.delete(abort);
      // A server that is closing does not by itself close connections that fall idle later.
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
      if (!response.writableFinished) abort.abort();
    });
    void handle(parts, request, response, abort.signal);
  });
  // Longer than any client keeps an idle connection, so that none is closed under a request on its way.
  server.keepAliveTimeout = 75_000;
  return { server, running };
}

async function handle(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  response.setHeader('x-request-id', newId('req_'));
  try {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const methods = route(parts, path);
    if (methods === undefined) throw unknownPath(request.method ?? 'GET', path);
    const handler = methods[request.method ?? 'GET'];
    if (handler === undefined) {
      throw new ApiError(
        405,
        `Not allowed to ${request.method} on ${path}. Allowed: ${Object.keys(methods).join(', ')}.`,
        {
          code: 'method_not_allowed',
          headers: { allow: Object.keys(methods).join(', ') },
        },
      );
    }
    if (path.startsWith('/v1/')) checkKey(request, parts.apiKey);
    await handler(request, response, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiError)) parts.onError(error);
    const refusal = error instanceof ApiError ? error : serverError();
    if (response.headersSent) response.destroy();
    else sendJson(response, refusal.status, refusal.body(), refusal.headers);
  }
}

function route(parts: ServerParts, path: string): Readonly<Record<string, Handler>> | undefined {
  const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
  if (model !== undefined) return { GET: (_request, response) => sendModel(response, decode(model)) };
  switch (path) {
    case '/':
      return { GET: (_request, response) => sendIndex(response) };
    case '/health':
      return {
        GET: (_request, response) =>
          sendJson(response, 200, { status: 'ok', model: DEFAULT_MODEL, sections: parts.knowledge.sections.length }),
      };
    case '/v1/models':
      return {
        GET: (_request, response) => sendJson(response, 200, { object: 'list', data: allModels().map(modelObject) }),
      };
    case '/v1/chat/completions':
      return { POST: (request, response, signal) => complete(parts, request, response, signal) };
    case '/control':
      return parts.controlOpen ? controlHandlers(parts.control) : undefined;
    default:
      return undefined;
  }
}

async function complete(
  parts: ServerParts,
  incoming: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { control, knowledge } = parts;
  const request = parseChatRequest(await readJson(incoming, MAX_BODY_BYTES));
  const tokens = promptTokens(request);
  if (tokens > parts.contextTokens) {
    throw new ApiError(
      400,
      `This model's maximum context length is ${parts.contextTokens} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
      { param: 'messages', code: 'context_length_exceeded' },
    );
  }
  const { chosen, reply: scripted } = control.choose(request);
  const { behaviour, parameter, name } = chosen;
  const end = control.note(request, name);
  try {
    if (behaviour.beforeHeaders === 'reset') {
      response.destroy();
      return end('broken off');
    }
    if (behaviour.beforeHeaders === 'hang') {
      await untilAborted(signal);
      return end('client left');
    }
    if (behaviour.refuse !== undefined) throw behaviour.refuse(parameter);
    const usual = scripted ?? answer(request, knowledge, request.maxTokens);
    const reply = behaviour.reply?.(request, usual) ?? usual;
    const envelope: Envelope = {
      id: newId('chatcmpl-'),
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      system_fingerprint: fingerprint(knowledge),
      service_tier: 'default',
    };
    const ended = await deliver(response, request, reply, chosen, envelope, parts.pace(), signal);
    end(ended.outcome, ended.finishReason);
  } catch (error) {
    end(signal.aborted ? 'client left' : error instanceof ApiError ? 'refused' : 'broken off');
    throw error;
  }
}

function controlHandlers(control: Control): Readonly<Record<string, Handler>> {
  const show = (response: ServerResponse): void =>
    sendJson(response, 200, { counts: control.counts, requests: control.requests });
  return {
    GET: (_request, response) => show(response),
    POST: async (request, response) => {
      control.setRules(parseRules(await readJson(request, MAX_BODY_BYTES)));
      show(response);
    },
    DELETE: (_request, response) => {
      control.reset();
      show(response);
    },
  };
}

/** The model ids: the default, and one for each behaviour (with an example where it takes a number). */
function allModels(): string[] {
  const examples: Readonly<Record<string, string>> = { ms: '1000', status: '500' };
  const faults = Object.entries(BEHAVIOURS).map(([name, { parameter }]) =>
    parameter === undefined ? `${FAULT_PREFIX}${name}` : `${FAULT_PREFIX}${name}-${examples[parameter] ?? '1'}`,
  );
  return [DEFAULT_MODEL, ...faults];
}

function modelObject(id: string): object {
  return { id, object: 'model', created: STARTED, owned_by: 'baton' };
}

function sendModel(response: ServerResponse, id: string): void {
  if (behaviourOfModel(id) === undefined) {
    throw new ApiError(404, `The model '${id}' does not exist`, { param: 'model', code: 'model_not_found' });
  }
  sendJson(response, 200, modelObject(id));
}

function sendIndex(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(
    `${WHO_I_AM}\n\nI speak the OpenAI HTTP API, with the base URL ending in /v1:\n  POST /v1/chat/completions\n  GET  /v1/models\n  GET  /health\n`,
  );
}

function unknownPath(method: string, path: string): ApiError {
  const advice = path === '/chat/completions' || path === '/models' ? ' The base URL ends in /v1.' : '';
  return new ApiError(404, `Unknown request URL: ${method} ${path}. Please check the URL for typos.${advice}`, {
    code: 'unknown_url',
  });
}

function checkKey(request: IncomingMessage, apiKey: string | undefined): void {
  if (apiKey === undefined) return;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
  if (given === undefined) {
    throw new ApiError(
      401,
      "You didn't provide an API key. You need to provide it in an Authorization header: Authorization: Bearer YOUR_KEY.",
    );
  }
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(given), digest(apiKey)))
    throw new ApiError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
}

const fingerprints = new WeakMap<Knowledge, string>();

/** Changes when the knowledge does: the same fingerprint and messages give the same words. */
function fingerprint(knowledge: Knowledge): string {
  const known =
    fingerprints.get(knowledge) ??
    `fp_${createHash('sha256').update(JSON.stringify(knowledge.sections)).digest('hex').slice(0, 10)}`;
  fingerprints.set(knowledge, known);
  return known;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
