import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';
import type { ChatCompletionTool } from 'openai/resources/chat/completions';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { INSTRUCTIONS, TRANSFER } from '../../test/prompts.ts';
import { type OfflineModel, startOfflineModel } from '../index.ts';
import { BEHAVIOURS } from './behaviours.ts';

let model: OfflineModel;
let client: OpenAI;

beforeAll(async () => {
  model = await startOfflineModel({ control: true });
  client = new OpenAI({ apiKey: 'none', baseURL: model.baseUrl, maxRetries: 0 });
});
afterAll(() => model.close());
beforeEach(() => model.reset());

const tools: ChatCompletionTool[] = [
  { type: 'function', function: { name: TRANSFER.name, parameters: { ...TRANSFER.parameters } } },
];
const messages = (text: string) => [
  { role: 'system' as const, content: INSTRUCTIONS },
  { role: 'user' as const, content: text },
];

/** Everything a client sees of one streamed request. */
async function watch(name: string, text = 'how much is shipping?', signal?: AbortSignal) {
  const seen = {
    text: '',
    calls: [] as { name: string; arguments: string }[],
    finish: undefined as string | undefined,
    error: undefined as unknown,
  };
  try {
    const stream = await client.chat.completions.create(
      { model: name, messages: messages(text), tools, stream: true },
      { signal },
    );
    for await (const chunk of stream) {
      const choice = chunk.choices[0];
      seen.text += choice?.delta.content ?? '';
      for (const { index, function: part } of choice?.delta.tool_calls ?? []) {
        seen.calls[index] ??= { name: '', arguments: '' };
        const call = seen.calls[index];
        call.name += part?.name ?? '';
        call.arguments += part?.arguments ?? '';
      }
      seen.finish = choice?.finish_reason ?? seen.finish;
    }
  } catch (error) {
    seen.error = error;
  }
  return seen;
}

async function usualText(): Promise<string> {
  return (await watch('baton-offline')).text;
}

describe('each behaviour does what the table says', () => {
  it('slow-first-token: headers at once, the first token late', async () => {
    const ask = (ms: number) =>
      client.chat.completions
        .create({ model: `offline/slow-first-token-${ms}`, messages: messages('hello'), stream: true })
        .asResponse();
    // A token that would come after this test's time: only headers that wait for none arrive.
    const silent = await ask(600_000);
    await silent.body?.cancel();
    const started = performance.now();
    await (await ask(300)).text();
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
  });

  it('slow-tokens: so many milliseconds each', async () => {
    const started = performance.now();
    await client.chat.completions.create({
      model: 'offline/slow-tokens-50',
      messages: messages('hello'),
      max_tokens: 6,
      stream: false,
    });
    expect(performance.now() - started).toBeGreaterThanOrEqual(290);
  });

  it('hang: nothing until the client leaves', async () => {
    const abort = new AbortController();
    const waiting = watch('offline/hang', 'hello', abort.signal);
    await vi.waitFor(() => expect(model.counts.running).toBe(1));
    abort.abort();
    expect((await waiting).error).toBeInstanceOf(OpenAI.APIUserAbortError);
    await vi.waitFor(() => expect(model.counts).toMatchObject({ running: 0, clientLeft: 1 }));
  });

  it('stall-mid-stream: half, then silence', async () => {
    const abort = new AbortController();
    const half = (await usualText()).length / 2;
    const waiting = watch('offline/stall-mid-stream', 'how much is shipping?', abort.signal);
    await vi.waitFor(() => expect(model.counts.running).toBe(1));
    setTimeout(() => abort.abort(), 200);
    const { text, finish } = await waiting;
    expect(Math.abs(text.length - half)).toBeLessThan(20);
    expect(finish).toBeUndefined();
  });

  it('cut-mid-stream: half, then a broken connection', async () => {
    const { text, finish, error } = await watch('offline/cut-mid-stream');
    expect(text.length).toBeGreaterThan(20);
    expect(finish).toBeUndefined();
    expect(error).toBeInstanceOf(Error);
  });

  it('end-mid-stream: half, and no error at all; only the finish_reason is missing', async () => {
    const { text, finish, error } = await watch('offline/end-mid-stream');
    expect(text.length).toBeGreaterThan(20);
    expect(finish).toBeUndefined();
    expect(error).toBeUndefined();
  });

  it('error-mid-stream: half, then an error of the API', async () => {
    const { text, error } = await watch('offline/error-mid-stream');
    expect(text.length).toBeGreaterThan(20);
    expect(error).toBeInstanceOf(OpenAI.APIError);
  });

  it('empty, length, content-filter', async () => {
    expect(await watch('offline/empty')).toMatchObject({ text: '', finish: 'stop', calls: [] });
    expect(await watch('offline/content-filter')).toMatchObject({ text: '', finish: 'content_filter' });
    const { text, finish } = await watch('offline/length');
    expect(finish).toBe('length');
    expect((await usualText()).startsWith(text)).toBe(true);
  });

  it('babble: never ends by itself, but keeps to max_tokens', async () => {
    const bounded = await client.chat.completions.create({
      model: 'offline/babble',
      messages: messages('hello'),
      max_tokens: 50,
      stream: false,
    });
    expect(bounded.choices[0]?.finish_reason).toBe('length');
    expect(bounded.usage?.completion_tokens).toBe(50);
  });

  it('echo and promises-human-without-tool: words, no tool', async () => {
    expect(await watch('offline/echo', 'I want a human')).toMatchObject({
      text: 'You said: I want a human',
      calls: [],
    });
    const { text, calls } = await watch('offline/promises-human-without-tool', 'hello');
    expect(text).toMatch(/connect you with one of our human agents/);
    expect(calls).toEqual([]);
  });

  it('garbage-tool-call, invalid-tool-arguments, unknown-tool', async () => {
    const garbage = await watch('offline/garbage-tool-call', 'hello');
    expect(garbage.calls[0]?.name).toBe('transfer_to_agent');
    expect(() => JSON.parse(garbage.calls[0]?.arguments ?? '{}')).toThrow();
    const invalid = await watch('offline/invalid-tool-arguments', 'hello');
    expect(JSON.parse(invalid.calls[0]?.arguments ?? '')).toMatchObject({ reason: 42 });
    expect((await watch('offline/unknown-tool', 'hello')).calls[0]?.name).toBe('open_pod_bay_doors');
  });

  it('tool-and-text, two-tool-calls, tool-loop', async () => {
    const both = await watch('offline/tool-and-text', 'hello');
    expect(both).toMatchObject({ text: 'One moment, let me see.', finish: 'tool_calls' });
    expect(both.calls).toHaveLength(1);
    expect((await watch('offline/two-tool-calls', 'hello')).calls).toHaveLength(2);
    expect((await watch('offline/tool-loop', 'hello')).calls).toHaveLength(1);
  });

  it('a request without tools gets no tool call from any of them', async () => {
    for (const name of ['garbage-tool-call', 'unknown-tool', 'tool-loop', 'two-tool-calls', 'tool-and-text']) {
      const answer = await client.chat.completions.create({
        model: `offline/${name}`,
        messages: messages('hello'),
        stream: false,
      });
      expect(answer.choices[0]?.message.tool_calls).toBeUndefined();
    }
  });

  it('without streaming, cut and end give a broken body and error gives 500', async () => {
    for (const name of ['cut-mid-stream', 'end-mid-stream', 'error-mid-stream']) {
      await expect(
        client.chat.completions.create({ model: `offline/${name}`, messages: messages('hello'), stream: false }),
      ).rejects.toThrow();
    }
  });

  it('the README’s table lists them all, in the same words', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = Object.entries(BEHAVIOURS).map(
      ([name, { parameter, does }]) => `| \`${name}${parameter === undefined ? '' : `-<${parameter}>`}\` | ${does} |`,
    );
    expect(readme.replace(/ +/g, ' ')).toContain(rows.join('\n'));
  });
});

describe('control', () => {
  const control = async (method: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${model.url}/control`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };

  it('switches what following requests meet, for so many times', async () => {
    await control('POST', { behaviour: 'error-500', times: 2 });
    const errors = [await watch('baton-offline'), await watch('baton-offline'), await watch('baton-offline')].map(
      ({ error }) => error,
    );
    expect(errors.map((error) => error instanceof OpenAI.InternalServerError)).toEqual([true, true, false]);
  });

  it('only for messages that contain a text, and with a scripted reply', async () => {
    const reply = {
      text: 'Scripted.',
      toolCalls: [{ name: 'transfer_to_agent', arguments: { sessionId: 'another' } }],
    };
    await control('POST', { rules: [{ whenIncludes: 'special', reply }, { behaviour: 'echo' }] });
    expect(await watch('baton-offline', 'a special case')).toMatchObject({
      text: 'Scripted.',
      calls: [{ name: 'transfer_to_agent', arguments: '{"sessionId":"another"}' }],
      finish: 'tool_calls',
    });
    expect((await watch('baton-offline', 'a usual case')).text).toBe('You said: a usual case');
  });

  it('shows counts and requests, and forgets them', async () => {
    await watch('baton-offline', 'hello');
    expect((await control('GET')).body).toMatchObject({
      counts: { received: 1, running: 0, finished: 1 },
      requests: [
        {
          number: 1,
          model: 'baton-offline',
          stream: true,
          tools: ['transfer_to_agent'],
          outcome: 'finished',
          finishReason: 'stop',
        },
      ],
    });
    expect((await control('DELETE')).body).toMatchObject({ counts: { received: 0 }, requests: [] });
  });

  it.each([
    [{ behaviour: 'no-such-thing' }],
    [{ behaviour: 'slow-first-token' }],
    [{ behaviour: 'empty-5' }],
    [{ times: 0 }],
    [{ reply: 'text' }],
    [{ reply: { toolCalls: [{}] } }],
    [[]],
  ])('refuses %j', async (body) => {
    expect((await control('POST', body)).status).toBe(400);
  });

  it('is closed unless opened, and then nothing anybody wrote is kept', async () => {
    const closed = await startOfflineModel();
    try {
      expect((await fetch(`${closed.url}/control`)).status).toBe(404);
      const body = JSON.stringify({ model: 'baton-offline', messages: messages('hello') });
      await fetch(`${closed.baseUrl}/chat/completions`, { method: 'POST', body });
      expect(closed.counts.received).toBe(1);
      expect(closed.requests).toEqual([]);
    } finally {
      await closed.close();
    }
  });
});
