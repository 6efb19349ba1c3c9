import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request: its body, what its last message says, and when it came. */
export interface Call {
  at: number;
  last: string;
  body: string;
  tools: boolean;
  /** Of one that was refused: when it may be asked again. */
  againAt: number | undefined;
}

interface Reply {
  content?: string;
  tool_calls?: unknown[];
}

export interface LimitedModel {
  baseUrl: string;
  calls: Call[];
  close(): Promise<void>;
}

/**
 * An endpoint with the rate limit of paid ones: so many requests a second for all customers together, then 429 with
 * Retry-After. `reply` makes the message of an answer, by the number of the call.
 */
export async function startLimitedModel(
  options: { perSecond?: number; answerAfterMs?: number; reply?: (call: Call) => Reply } = {},
): Promise<LimitedModel> {
  const {
    perSecond = Number.POSITIVE_INFINITY,
    answerAfterMs = 0,
    reply = (): Reply => ({ content: 'An answer.' }),
  } = options;
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      if (request.method === 'GET') return response.end('{"data":[]}');
      const asked = JSON.parse(body) as { messages: { content: string | null }[]; tools?: unknown[] };
      const at = performance.now();
      const lately = calls.filter((call) => call.againAt === undefined && at - call.at < 1_000);
      const againAt = lately.length >= perSecond ? (lately[0]?.at ?? at) + 1_000 : undefined;
      const call = { at, body, last: asked.messages.at(-1)?.content ?? '', tools: asked.tools !== undefined, againAt };
      calls.push(call);
      if (againAt !== undefined) {
        return response
          .writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': String(Math.ceil(againAt - at)) })
          .end('{"error":{"message":"Too many requests."}}');
      }
      const delta = reply(call);
      const send = (choice: object) =>
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`);
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        send({ delta });
        send({ delta: {}, finish_reason: delta.tool_calls ? 'tool_calls' : 'stop' });
        const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
        response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
        response.end('data: [DONE]\n\n');
      }, answerAfterMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
