import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './api-error.ts';

/** Reads a request's body as JSON. @throws ApiError 400 or 413 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes: Buffer = part; // no encoding was set, so Node gives buffers
    size += bytes.length;
    // What is too much is read on and thrown away: a client that is still sending would not see the answer otherwise.
    if (size <= maxBytes) parts.push(bytes);
  }
  if (size > maxBytes) {
    throw new ApiError(413, `Request body too large: ${size} bytes, at most ${maxBytes} are read.`, {
      code: 'request_too_large',
    });
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new ApiError(400, 'We could not parse the JSON body of your request. The request body must be valid JSON.');
  }
}

/** Sends a whole JSON response. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Starts a stream of server-sent events; the headers go out at once. */
export function startEvents(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
}

/** Sends one event and waits while the client is slow. @throws AbortError when the signal fires meanwhile */
export async function sendEvent(response: ServerResponse, data: object | '[DONE]', signal: AbortSignal): Promise<void> {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  if (!response.write(`data: ${text}\n\n`)) await once(response, 'drain', { signal });
}
