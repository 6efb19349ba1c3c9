import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OfflineModel, startOfflineModel } from '../index.ts';

let model: OfflineModel;
let client: OpenAI;

beforeAll(async () => {
  model = await startOfflineModel({ apiKey: 'right' });
  client = new OpenAI({ apiKey: 'right', baseURL: model.baseUrl, maxRetries: 0 });
});
afterAll(() => model.close());

const headers = { authorization: 'Bearer right', 'content-type': 'application/json' };
const post = (body: unknown, path = '/v1/chat/completions'): Promise<Response> =>
  fetch(`${model.url}${path}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const messages = [{ role: 'user', content: 'hello' }];
const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } };

describe('a wrong request is refused with 400 and the name of the parameter', () => {
  it.each<[string, unknown, Record<string, unknown>]>([
    ['', 'no model', { messages }],
    ['model', 'model of the wrong type', { model: 7, messages }],
    ['messages', 'no messages', { messages: undefined }],
    ['messages', 'messages that are text', { messages: 'hello' }],
    ['messages', 'no message', { messages: [] }],
    ['messages[0].role', 'an unknown role', { messages: [{ role: 'robot', content: 'x' }] }],
    ['messages[0].content', 'no content', { messages: [{ role: 'user' }] }],
    ['messages[0].content[0].type', 'a part without type', { messages: [{ role: 'user', content: [{}] }] }],
    [
      'messages[0].role',
      'a tool message without a call',
      { messages: [{ role: 'tool', tool_call_id: 'a', content: 'x' }] },
    ],
    [
      'messages[0].tool_calls',
      'a call without a result',
      { messages: [{ role: 'assistant', tool_calls: [call] }, ...messages] },
    ],
    ['messages[0].tool_calls', 'a call at the end', { messages: [{ role: 'assistant', tool_calls: [call] }] }],
    [
      'messages[1].tool_call_id',
      'a result for another call',
      {
        messages: [
          { role: 'assistant', tool_calls: [call] },
          { role: 'tool', tool_call_id: 'call_2', content: 'x' },
        ],
      },
    ],
    ['temperature', 'too hot', { temperature: 3 }],
    ['max_tokens', 'no tokens', { max_tokens: 0 }],
    ['max_completion_tokens', 'half a token', { max_completion_tokens: 1.5 }],
    ['n', 'two choices', { n: 2 }],
    ['stream', 'stream of the wrong type', { stream: 'yes' }],
    ['stream_options', 'stream options without a stream', { stream_options: { include_usage: true } }],
    ['stop', 'five stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }],
    ['tools', 'no tool in the list', { tools: [] }],
    ['tools[0].type', 'an unknown kind of tool', { tools: [{ type: 'hammer' }] }],
    [
      'tools[0].function.name',
      'a tool with a space in its name',
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
    ],
    ['tools[1].function.name', 'the same tool twice', { tools: [tool, tool] }],
    [
      'tools[0].function.parameters',
      'parameters that are no object',
      { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'string' } } }] },
    ],
    ['tool_choice', 'a choice without tools', { tool_choice: 'auto' }],
    [
      'tool_choice',
      'a choice of another tool',
      { tools: [tool], tool_choice: { type: 'function', function: { name: 'g' } } },
    ],
    ['response_format', 'an unknown format', { response_format: { type: 'xml' } }],
    ['messages', 'more than fits', { messages: [{ role: 'user', content: 'word '.repeat(130_000) }] }],
  ])('%s: %s', async (param, what, change) => {
    const response = await post(what === 'no model' ? change : { model: 'baton-offline', messages, ...change });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: {
        message: expect.stringMatching(/.{10}/),
        type: 'invalid_request_error',
        param: param === '' ? 'model' : param,
        code:
          what === 'more than fits'
            ? 'context_length_exceeded'
            : expect.toSatisfy((code) => code === null || typeof code === 'string'),
      },
    });
  });

  it('says so when the body is not JSON', async () => {
    const response = await post('{"model": ');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('parse the JSON body'), type: 'invalid_request_error' },
    });
    expect((await post('[]')).status).toBe(400);
  });
});

describe('other refusals', () => {
  it('413 for a body that is too large, and the connection lives on', async () => {
    const response = await post(
      JSON.stringify({ model: 'baton-offline', messages: [{ role: 'user', content: 'x'.repeat(9_000_000) }] }),
    );
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: 'request_too_large' } });
  });

  it('404 for an unknown path, with advice when /v1 was forgotten', async () => {
    const response = await post({ model: 'baton-offline', messages }, '/chat/completions');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { code: 'unknown_url', message: expect.stringContaining('ends in /v1') },
    });
    expect((await post({}, '/control')).status).toBe(404);
  });

  it('405 for the wrong method, with the right one', async () => {
    const response = await fetch(`${model.url}/v1/chat/completions`, { headers });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    await response.body?.cancel();
  });

  it('health needs no key', async () => {
    const response = await fetch(`${model.url}/health`);
    expect(await response.json()).toEqual({
      status: 'ok',
      model: 'baton-offline',
      sections: expect.toSatisfy((count) => Number(count) > 15),
    });
  });
});

describe('the SDK meets its own error classes', () => {
  it('401 without the right key', async () => {
    const stranger = new OpenAI({ apiKey: 'wrong', baseURL: model.baseUrl, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    const none = await fetch(`${model.baseUrl}/models`);
    expect(none.status).toBe(401);
    expect(await none.text()).not.toContain('right');
  });

  it.each([
    ['baton-offline', OpenAI.BadRequestError, { status: 400, param: 'messages', code: 'empty_array' }],
    ['gpt-99', OpenAI.NotFoundError, { status: 404, param: 'model', code: 'model_not_found' }],
    ['offline/rate-limited', OpenAI.RateLimitError, { status: 429, code: 'rate_limit_exceeded' }],
    ['offline/out-of-quota', OpenAI.RateLimitError, { status: 429, code: 'insufficient_quota' }],
    ['offline/error-500', OpenAI.InternalServerError, { status: 500, type: 'server_error' }],
    ['offline/error-503', OpenAI.InternalServerError, { status: 503 }],
    ['offline/reset', OpenAI.APIConnectionError, {}],
  ])('%s', async (name, errorClass, details) => {
    const request = {
      model: name,
      messages: name === 'baton-offline' ? [] : [{ role: 'user' as const, content: 'hello' }],
    };
    for (const stream of [false, true]) {
      const error: unknown = await client.chat.completions
        .create({ ...request, stream })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(errorClass);
      expect(error).toMatchObject(details);
    }
  });

  it('429 carries retry-after', async () => {
    const response = await post({ model: 'offline/rate-limited', messages });
    expect(response.headers.get('retry-after')).toBe('1');
    await response.body?.cancel();
  });
});
