import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitterFor, unlimitedAdmitter } from '../admission/admission.ts';
import { createThrottle } from '../admission/throttle.ts';
import { openAiModel } from './client-openai.ts';
import { completeText, streamCompletion } from './completion.ts';
import type { ModelEvent } from './model.ts';

/** Compatible endpoints differ from what OpenAI documents; each of these was seen in one of them. */
let answer: (response: ServerResponse) => void = () => {};
let body: Record<string, unknown> = {};
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      body = text === '' ? {} : JSON.parse(text);
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const limits = { firstTokenMs: 1_000, idleMs: 300 };
const request = { messages: [{ role: 'user' as const, text: 'Hi' }], maxTokens: 50 };
const model = () => {
  const { port } = server.address() as AddressInfo;
  return openAiModel({ apiKey: 'k', baseUrl: `http://127.0.0.1:${port}/v1`, model: 'm' });
};
const sse = (...chunks: unknown[]) => {
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks)
      response.write(`data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`);
    response.end();
  };
};
const delta = (value: unknown, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: value, finish_reason }],
});
async function events(admitter = unlimitedAdmitter()): Promise<ModelEvent[]> {
  const seen: ModelEvent[] = [];
  for await (const event of streamCompletion(model(), request, limits, admitter, new AbortController().signal))
    seen.push(event);
  return seen;
}
const failsWith = (kind: string, admitter = unlimitedAdmitter()) =>
  expect(events(admitter)).rejects.toMatchObject({ name: 'ModelFailure', kind });

it('asks compatible endpoints with the parameters that they know', async () => {
  sse(delta({ content: 'Hi' }), delta({}, 'stop'), '[DONE]');
  await events();
  expect(body).toMatchObject({ model: 'm', max_tokens: 50, stream: true, stream_options: { include_usage: true } });
  expect(body).not.toHaveProperty('tools');
});

it('an answer is complete without usage, without [DONE], or when the connection breaks after the finish', async () => {
  sse(delta({ role: 'assistant', content: '' }), delta({ content: 'Hi' }), delta({}, 'stop'));
  expect(await events()).toContainEqual({ type: 'finish', reason: 'stop', toolCalls: [] });
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(delta({ content: 'Hi' }, 'stop'))}\n\n`, () => response.destroy());
  };
  expect(await completeText(model(), request, limits, unlimitedAdmitter(), new AbortController().signal)).toMatchObject(
    {
      text: 'Hi',
    },
  );
});

it('does not wait for the end of a stream that has finished', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(delta({ content: 'Hi' }, 'stop'))}\n\n`);
  };
  const start = performance.now();
  expect((await events()).filter(({ type }) => type !== 'progress')).toHaveLength(2);
  expect(performance.now() - start).toBeLessThan(2_000);
});

it('assembles tool calls from pieces, without index or id', async () => {
  sse(
    delta({ tool_calls: [{ function: { name: 'one', arguments: '{"a"' } }] }),
    delta({ tool_calls: [{ function: { arguments: ':1}' } }] }),
    delta({ tool_calls: [{ id: 'x', function: { name: 'two', arguments: '' } }] }),
    delta({}, 'tool_calls'),
  );
  expect((await events()).at(-1)).toEqual({
    type: 'finish',
    reason: 'tool_calls',
    toolCalls: [
      { id: 'call_0', name: 'one', arguments: '{"a":1}' },
      { id: 'x', name: 'two', arguments: '' },
    ],
  });
});

it('hidden thoughts keep the stream alive, and are not an answer', async () => {
  sse(delta({ reasoning_content: 'Hm.' }), { choices: [], usage: null }, {}, delta({ content: '' }, 'stop'));
  await failsWith('empty');
});

it('fails on an absurd tool index, invalid JSON or an error within the stream', async () => {
  sse(delta({ tool_calls: [{ index: 4_000_000_000, function: { name: 'x' } }] }));
  await failsWith('garbled');
  sse('{"choices": [');
  await failsWith('garbled');
  sse({ error: { message: 'overloaded', code: 'overloaded' } });
  await failsWith('server_error');
});

it('fails on a page of HTML instead of an answer', async () => {
  answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>');
  await failsWith('wrong_address');
});

describe('[S6] an endpoint that limits the rate', () => {
  const turn = (waitMs: number) =>
    admitterFor(
      { throttle: createThrottle(), budgets: undefined, ofMessage: { calls: 0, tokens: 0 }, waitMs, onCall() {} },
      { address: 'a', customer: 'c', chat: 's' },
      undefined,
    );
  const refuse = (response: ServerResponse, headers: Record<string, string>) =>
    response.writeHead(429, { ...headers, 'content-type': 'application/json' }).end('{"error":{"message":"slow"}}');

  it('is not waited for longer than a turn may wait', async () => {
    let requests = 0;
    answer = (response) => {
      requests++;
      refuse(response, { 'retry-after': '60' });
    };
    const start = performance.now();
    await failsWith('rate_limited', turn(10_000));
    expect([requests, performance.now() - start < 1_000]).toEqual([1, true]);
  });

  it.each<[string, () => Record<string, string>, number]>([
    ['in seconds', () => ({ 'retry-after': '1' }), 1_000],
    ['as a date', () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() }), 1_000],
    ['in milliseconds', () => ({ 'retry-after-ms': '700' }), 700],
    ['as the reset of a limit', () => ({ 'x-ratelimit-reset-requests': '600ms' }), 600],
  ])('is asked again when it says, %s, also beyond the time for a first word', async (_, headers, waits) => {
    const at: number[] = [];
    answer = (response) => {
      at.push(performance.now());
      if (at.length === 1) return refuse(response, headers());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify(delta({ content: 'Hi' }, 'stop'))}\n\n`);
    };
    expect(await events(turn(5_000))).toContainEqual({ type: 'text', text: 'Hi' });
    expect(at).toHaveLength(2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(waits - 20);
  });
});

it('a check tells a wrong key from an endpoint without a list of models', async () => {
  answer = (response) => response.writeHead(404).end();
  await expect(model().check(AbortSignal.timeout(1_000))).resolves.toBe('none');
  answer = (response) =>
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"bad key sk-123"}}');
  await expect(model().check(AbortSignal.timeout(1_000))).rejects.toThrow(
    /^the model endpoint refuses the key: check OPENAI_API_KEY \(401\)$/,
  );
  answer = () => {};
  await expect(model().check(AbortSignal.timeout(200))).rejects.toThrow('no answer in time');
});
