// A model that answers everything at an even pace and says in its first token when it was asked and when it answered,
// so that its own time can be taken off. It speaks as much of OpenAI's HTTP API as the ai service uses.
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { clock, stamp } from '../load/clock.ts';

const number = (name: string) => Number(process.env[name]);
const FIRST_TOKEN_MS = number('FIRST_TOKEN_MS');
const TOKENS = number('TOKENS');
const PAUSE_MS = 1_000 / number('TOKENS_PER_SECOND');
const MODEL = { id: 'bench', object: 'model', created: 0, owned_by: 'bench' };

const http = createServer(async (request, response) => {
  const receivedAt = clock();
  if (request.url === '/health') return void response.writeHead(200).end();
  if (request.method === 'GET') return void sendJson(response, { object: 'list', data: [MODEL] });
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { stream } = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean };
  if (!stream) return void sendJson(response, completion());
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const send = (delta: object, finish: string | null) => {
    const chunk = { ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  await pause(FIRST_TOKEN_MS);
  send({ role: 'assistant', content: stamp(receivedAt, clock()) }, null);
  for (let token = 1; token < TOKENS && !response.destroyed; token++) {
    await pause(PAUSE_MS);
    send({ content: 'some words ' }, null);
  }
  send({}, 'stop');
  response.end('data: [DONE]\n\n');
});

const base = { id: 'chatcmpl-bench', created: 0, model: 'bench' };
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const completion = () => ({
  ...base,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage,
});

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

http.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
