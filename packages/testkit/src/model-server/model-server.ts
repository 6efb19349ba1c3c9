import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Answer, Dialect, Refused, Sent, SentRequest } from './dialect.ts';
import { vendors } from './vendors.ts';

export type { Answer, Dialect, Refused, Sent, SentRequest } from './dialect.ts';
export * from './rules.ts';
export { type Vendor, vendors } from './vendors.ts';
export { type Style, writer } from './write.ts';

/** Sent in the place of an answer, whatever the dialect. */
export interface Raw {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  pieces: Iterable<Sent>;
  /** The connection breaks after the last piece. */
  breaks?: boolean;
}

export interface ModelServer {
  /** To be set so: with the dialect's path. */
  readonly baseUrl: string;
  /** Without a path. */
  readonly origin: string;
  /** Requests for answers, in their order; those that were refused are among them. */
  readonly requests: readonly SentRequest[];
  readonly refused: readonly Refused[];
  /** Times that the loading of the model was begun. */
  readonly loads: number;
  /** Forgets what was, and speaks so from now on. */
  speak(dialect: Dialect): void;
  /** What the model says: to each request, or to the next ones in turn. */
  say(...answers: readonly (Answer | ((request: SentRequest) => Answer))[]): void;
  /** The next answers, byte for byte; then as the dialect has it. */
  send(...raw: readonly Raw[]): void;
  close(): Promise<void>;
}

/**
 * A model server for tests that speaks any vendor's dialect. It is strict where they are: it refuses what they refuse,
 * in their words, and writes its answers in their forms. With a certificate it is reached by TLS.
 */
export async function startModelServer(tls?: { key: string; cert: string }): Promise<ModelServer> {
  let dialect: Dialect = vendors.openai;
  let script: readonly (Answer | ((request: SentRequest) => Answer))[] = [{ text: 'We open at nine.' }];
  let said = 0;
  let raw: Raw[] = [];
  let requests: SentRequest[] = [];
  let refused: Refused[] = [];
  let loads = 0;
  let isLoaded = false;

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?')[0] ?? '/';
    const sendJson = ({ status, body }: Refused) =>
      response
        .writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    if (request.method === 'GET' && path === `${dialect.path}/models` && dialect.lists)
      return void sendJson({ status: 200, body: { object: 'list', data: [{ id: 'm', object: 'model' }] } });
    if (request.method !== 'POST' || path !== `${dialect.path}/chat/completions`)
      return void sendJson(dialect.notFound);
    const body = JSON.parse(await text(request)) as SentRequest;
    requests.push(body);
    const given = raw.shift();
    if (given !== undefined) return void (await write(response, given.pieces, given));
    const refusal = dialect.rules.map((rule) => rule(body)).find((one) => one !== undefined);
    if (refusal !== undefined) {
      refused.push(refusal);
      return void sendJson(refusal);
    }
    if (dialect.loadMs !== undefined && !isLoaded && !(await load(request, dialect.loadMs))) return;
    const next = script[Math.min(said++, script.length - 1)] ?? {};
    const answer = typeof next === 'function' ? next(body) : next;
    const contentType = body.stream ? dialect.contentType : 'application/json';
    await write(response, dialect.write(answer, body), { headers: { 'content-type': contentType } });
  };
  /** False when the client has left before: then nothing was loaded. */
  const load = async (request: IncomingMessage, ms: number): Promise<boolean> => {
    loads++;
    const left = new Promise<false>((resolve) => void request.socket.once('close', () => resolve(false)));
    const loaded = await Promise.race([left, wait(ms).then(() => true as const)]);
    isLoaded ||= loaded;
    return loaded;
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => void onRequest(request, response);
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;

  return {
    origin,
    get baseUrl() {
      return origin + dialect.path;
    },
    get requests() {
      return requests;
    },
    get refused() {
      return refused;
    },
    get loads() {
      return loads;
    },
    speak(next) {
      dialect = next;
      requests = [];
      refused = [];
      raw = [];
      loads = 0;
      isLoaded = false;
    },
    say(...answers) {
      script = answers;
      said = 0;
    },
    send: (...given) => void raw.push(...given),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function write(response: ServerResponse, pieces: Iterable<Sent>, how: Omit<Raw, 'pieces'>): Promise<void> {
  response.writeHead(how.status ?? 200, { 'content-type': 'text/event-stream', ...how.headers });
  response.flushHeaders();
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (typeof piece === 'number') await wait(piece);
    else await new Promise<void>((resolve) => void response.write(piece, () => resolve()));
  }
  if (how.breaks) response.destroy();
  else response.end();
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
