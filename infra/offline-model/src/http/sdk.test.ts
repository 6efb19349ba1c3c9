import OpenAI from 'openai';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { INSTRUCTIONS, POEM, TRANSFER } from '../../test/prompts.ts';
import { type OfflineModel, startOfflineModel } from '../index.ts';
import { countTokens } from '../text.ts';

let model: OfflineModel;
let client: OpenAI;

beforeAll(async () => {
  model = await startOfflineModel({ control: true });
  client = new OpenAI({ apiKey: 'none', baseURL: model.baseUrl, maxRetries: 0 });
});
afterAll(() => model.close());
beforeEach(() => {
  model.reset();
  model.setPace(0);
});

const tools: ChatCompletionTool[] = [TRANSFER, POEM].map(({ name, description, parameters }) => ({
  type: 'function',
  function: { name, description, parameters: { ...parameters } },
}));
const ask = (text: string): ChatCompletionMessageParam[] => [
  { role: 'system', content: INSTRUCTIONS },
  { role: 'user', content: text },
];

describe('a completion at once', () => {
  it('has the shape of the API', async () => {
    const completion = await client.chat.completions.create({
      model: 'baton-offline',
      messages: ask('hello'),
      temperature: 0.7,
    });
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[A-Za-z0-9]{24}$/),
      object: 'chat.completion',
      model: 'baton-offline',
      system_fingerprint: expect.stringMatching(/^fp_[0-9a-f]{10}$/),
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } }],
    });
    expect(completion.created).toBeGreaterThan(1_700_000_000);
    expect(completion.usage?.total_tokens).toBe(
      (completion.usage?.prompt_tokens ?? 0) + (completion.usage?.completion_tokens ?? 0),
    );
    expect(completion.usage?.completion_tokens).toBe(countTokens(completion.choices[0]?.message.content ?? ''));
    expect(completion._request_id).toMatch(/^req_/);
  });

  it('keeps to max_tokens and says "length"', async () => {
    for (const limit of [{ max_tokens: 5 }, { max_completion_tokens: 5 }]) {
      const completion = await client.chat.completions.create({
        model: 'baton-offline',
        messages: ask('hello'),
        ...limit,
      });
      expect(completion.choices[0]?.finish_reason).toBe('length');
      expect(completion.usage?.completion_tokens).toBe(5);
    }
  });

  it('stops before a stop sequence', async () => {
    const completion = await client.chat.completions.create({
      model: 'baton-offline',
      messages: ask('when are you open?'),
      stop: ['Saturday'],
    });
    expect(completion.choices[0]?.message.content).toMatch(/18:30 and $/);
    expect(completion.choices[0]?.finish_reason).toBe('stop');
  });

  it('takes a second at most, calls of tools too: nobody watches it grow', async () => {
    model.setPace(5);
    const started = performance.now();
    const completion = await client.chat.completions.create({
      model: 'baton-offline',
      messages: ask('I want a human'),
      tools,
    });
    expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
    // A token each 200 ms.
    expect(completion.usage?.completion_tokens).toBeGreaterThan(20);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('reads content given in parts', async () => {
    const content = [{ type: 'text' as const, text: 'when are you open?' }];
    const completion = await client.chat.completions.create({
      model: 'baton-offline',
      messages: [{ role: 'user', content }],
    });
    expect(completion.choices[0]?.message.content).toContain('10:00');
  });
});

describe('a stream', () => {
  it('grows to the same text as a completion at once, with one id, and ends with a reason', async () => {
    const request = { model: 'baton-offline', messages: ask('how much is shipping?') };
    const whole = await client.chat.completions.create(request);
    const ids = new Set<string>();
    const reasons: (string | null)[] = [];
    let text = '';
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
      ids.add(chunk.id);
      expect(chunk.object).toBe('chat.completion.chunk');
      expect('usage' in chunk).toBe(false);
      text += chunk.choices[0]?.delta.content ?? '';
      reasons.push(chunk.choices[0]?.finish_reason ?? null);
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(ids.size).toBe(1);
    expect(reasons.filter((reason) => reason !== null)).toEqual(['stop']);
    expect(reasons.at(-1)).toBe('stop');
  });

  it('gives usage in a last chunk without choices when asked', async () => {
    const chunks = [];
    const request = {
      model: 'baton-offline',
      messages: ask('hello'),
      stream: true,
      stream_options: { include_usage: true },
    } as const;
    for await (const chunk of await client.chat.completions.create(request)) chunks.push(chunk);
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(10);
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  it('sends tool calls as deltas: first id and name, then the arguments in pieces', async () => {
    const deltas = [];
    let reason: string | null | undefined;
    for await (const chunk of await client.chat.completions.create({
      model: 'baton-offline',
      messages: ask('I want a human'),
      tools,
      stream: true,
    })) {
      for (const call of chunk.choices[0]?.delta.tool_calls ?? []) deltas.push(call);
      reason = chunk.choices[0]?.finish_reason ?? reason;
    }
    expect(deltas[0]).toEqual({
      index: 0,
      id: expect.stringMatching(/^call_/),
      type: 'function',
      function: { name: 'transfer_to_agent', arguments: '' },
    });
    expect(deltas.length).toBeGreaterThan(5);
    expect(deltas.slice(1).every((delta) => delta.id === undefined && delta.index === 0)).toBe(true);
    const text = deltas.map((delta) => delta.function?.arguments ?? '').join('');
    expect(JSON.parse(text)).toMatchObject({ reason: 'Asked for a person.', priority: 'normal' });
    expect(reason).toBe('tool_calls');
  });

  it('works with the SDK’s own runner over a whole round with tools', async () => {
    const called: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model: 'baton-offline',
      stream: true,
      messages: ask('Please write a haiku about the harbour'),
      tools: [
        {
          type: 'function',
          function: {
            name: 'write_poem',
            description: 'Writes a poem.',
            parameters: { type: 'object', properties: { topic: { type: 'string' }, style: { type: 'string' } } },
            parse: JSON.parse,
            function: (given: unknown) => {
              called.push(given);
              return 'Still water tonight';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Still water tonight');
    expect(called).toEqual([{ topic: 'the harbour', style: 'haiku' }]);
  });

  it('comes at the pace that was set', async () => {
    model.setPace(50, 100);
    const times: number[] = [];
    const started = performance.now();
    for await (const chunk of await client.chat.completions.create({
      model: 'baton-offline',
      messages: ask('thanks'),
      stream: true,
      max_tokens: 4,
    })) {
      if (chunk.choices[0]?.delta.content) times.push(performance.now() - started);
    }
    expect(times[0]).toBeGreaterThanOrEqual(95);
    // From the start, as what is late is caught up: of four pieces the last is due three gaps after the first, each at
    // least half of 20 ms.
    expect(times.at(-1)).toBeGreaterThanOrEqual(125);
  });

  it('stops working when the client leaves', async () => {
    const stream = await client.chat.completions.create({
      model: 'offline/babble',
      messages: ask('hello'),
      stream: true,
    });
    let chunks = 0;
    for await (const _ of stream) if (++chunks === 5) break;
    await vi.waitFor(() => expect(model.counts).toMatchObject({ running: 0, clientLeft: 1 }));
    expect(model.requests[0]).toMatchObject({ behaviour: 'babble', outcome: 'clientLeft' });
  });
});

describe('models', () => {
  it('are listed and found, those with a slash in their name too', async () => {
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids[0]).toBe('baton-offline');
    expect(ids).toContain('offline/stall-mid-stream');
    for (const id of ids) expect((await client.models.retrieve(id)).id).toBe(id);
  });

  it('that do not exist are not found', async () => {
    await expect(client.models.retrieve('gpt-99')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});
