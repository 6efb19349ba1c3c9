import { type ModelServer, type Raw, type Sent, startModelServer, vendors } from '@baton/testkit/model-server';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unlimitedAdmitter } from '../../admission/admission.ts';
import { openAiModel } from '../client-openai.ts';
import { type ModelTimeouts, streamCompletion } from '../completion.ts';
import type { CapabilitySettings } from '../learning/capabilities.ts';
import { type ModelEvent, ModelFailure } from '../model.ts';

/* One table: the shape of an answer × what comes of it. Each shape was seen at some endpoint. */

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());
beforeEach(() => server.speak(vendors.groq));

const tool = { name: 'transfer_to_agent', description: 'Hand off.', parameters: { type: 'object', properties: {} } };
const quick: ModelTimeouts = { firstTokenMs: 1_500, idleMs: 400 };

async function ask(options: { can?: CapabilitySettings; limits?: ModelTimeouts } = {}) {
  const model = openAiModel({
    apiKey: 'k',
    baseUrl: server.baseUrl,
    model: 'm',
    capabilities: { beginsWithThoughts: false, ...options.can },
  });
  const request = { messages: [{ role: 'user' as const, text: 'Hi' }], tools: [tool], maxTokens: 50 };
  const events: ModelEvent[] = [];
  let failure: string | undefined;
  try {
    for await (const event of streamCompletion(
      model,
      request,
      options.limits ?? quick,
      unlimitedAdmitter(),
      new AbortController().signal,
    ))
      events.push(event);
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    failure = error.kind;
  }
  const drafts: string[] = [];
  for (const event of events)
    if (event.type === 'text') drafts.push((event.afresh ? '' : (drafts.at(-1) ?? '')) + event.text);
  const finish = events.findLast((event) => event.type === 'finish');
  return {
    result: failure ?? finish?.reason ?? 'nothing',
    words: drafts.at(-1) ?? '',
    drafts,
    calls: (finish?.toolCalls ?? []).map(({ id, name, arguments: text }) => [id, name, text]),
    usage: events.filter((event) => event.type === 'usage').map(({ usage }) => usage),
  };
}

const data = (...chunks: unknown[]): Sent[] =>
  chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`);
const delta = (value: unknown, finish: unknown = null) => ({
  choices: [{ index: 0, delta: value, finish_reason: finish }],
});
const words = (text: string, finish: unknown = null) => delta({ content: text }, finish);
const stop = delta({}, 'stop');
const called = (...calls: unknown[]) => delta({ tool_calls: calls });
const json = (body: unknown): Raw => ({
  headers: { 'content-type': 'application/json' },
  pieces: [JSON.stringify(body)],
});
const HI = 'Hello. We open at nine.';

describe('the end of an answer', () => {
  it.each<[string, Sent[], string]>([
    ['no reason, then [DONE]', data(words(HI), '[DONE]'), 'stop'],
    ['an empty reason, then [DONE]', data(words('no full stop', ''), '[DONE]'), 'stop'],
    ['an empty reason with each piece, then the end', data(words('Hello. ', ''), words('At nine.', '')), 'stop'],
    [
      'no reason, then counts, then the end',
      data(words('no full stop'), { choices: [], usage: { prompt_tokens: 1 } }),
      'stop',
    ],
    ['no reason, a whole sentence, then the end', data(words(HI)), 'stop'],
    ['no reason, half a sentence, then the end', data(words('Hello. We open')), 'cut_off'],
    ['a reason, but no [DONE]', data(words(HI, 'stop')), 'stop'],
    ['another word for stop', data(words(HI, 'eos_token'), '[DONE]'), 'stop'],
    ['another word for length', data(words(HI, 'MAX_TOKENS'), '[DONE]'), 'length'],
    ['another word for a filter', data(words(HI, 'SAFETY'), '[DONE]'), 'content_filter'],
    ['the reason error, half a sentence', data(words('Hello. We'), delta({}, 'error'), '[DONE]'), 'cut_off'],
    ['the reason error, a whole sentence', data(words(HI), delta({}, 'error'), '[DONE]'), 'cut_off'],
    ['no resources left', data(words(HI), delta({}, 'insufficient_system_resource')), 'cut_off'],
    ['an unknown reason, half a sentence', data(words('Hello. We'), delta({}, 'flooble'), '[DONE]'), 'cut_off'],
    ['an unknown reason, a whole sentence', data(words(HI), delta({}, 'flooble'), '[DONE]'), 'stop'],
    [
      'an error within the stream',
      data(words('Hello. We'), { error: { message: 'overloaded', code: 503 } }),
      'server_error',
    ],
    [
      'an error as an event',
      [...data(words('Hello. We')), 'event: error\ndata: {"message":"overloaded"}\n\n'],
      'server_error',
    ],
    ['nothing at all', data('[DONE]'), 'empty'],
    ['nothing, stopped', data(stop, '[DONE]'), 'empty'],
    ['words after the reason', data(words('Hello. ', 'stop'), words('At nine.'), '[DONE]'), 'stop'],
  ])('%s', async (_, pieces, result) => {
    server.send({ pieces }, { pieces }, { pieces });
    expect((await ask()).result).toBe(result);
  });

  it('an endpoint that always gives a finish reason is believed when it gives none', async () => {
    server.send({ pieces: data(words(HI)) }, { pieces: data(words(HI)) }, { pieces: data(words(HI)) });
    expect(await ask({ can: { saysHowItEnds: true } })).toMatchObject({ result: 'cut_off' });
    server.speak(vendors.groq);
    server.send({ pieces: data(words('no full stop')) });
    expect(await ask({ can: { saysHowItEnds: false } })).toMatchObject({ result: 'stop', words: 'no full stop' });
  });

  it('a connection that breaks in the middle does not end an answer', async () => {
    for (const _ of [1, 2, 3]) server.send({ pieces: data(words(HI)), breaks: true });
    expect(await ask()).toMatchObject({ result: 'cut_off' });
  });
});

describe('words', () => {
  const content = (...parts: unknown[]) => data(...parts.map((part) => delta({ content: part })), stop, '[DONE]');
  it.each<[string, Sent[], string]>([
    [
      'a list of parts',
      content([
        { type: 'text', text: 'At ' },
        { type: 'text', text: 'nine.' },
      ]),
      'At nine.',
    ],
    [
      'parts with thoughts among them',
      content([
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
        { type: 'text', text: 'At nine.' },
      ]),
      'At nine.',
    ],
    ['a part by itself', content({ type: 'text', text: 'At nine.' }), 'At nine.'],
    ['an emoji cut between two pieces', content('Hi \ud83d', '\ude00!'), 'Hi 😀!'],
    ['half an emoji', content('Hi \ud83d', ' there.'), 'Hi  there.'],
    ['signs that the server could not read', content('Hi \ufffd', '\ufffd there.'), 'Hi  there.'],
    [
      'a whole message in the stream',
      data({ choices: [{ index: 0, message: { content: 'At nine.' }, finish_reason: 'stop' }] }),
      'At nine.',
    ],
    ['a refusal', data(delta({ refusal: 'No.' }), stop), 'No.'],
    [
      'two answers',
      data(
        {
          choices: [
            { index: 1, delta: { content: 'Other' } },
            { index: 0, delta: { content: 'At nine.' } },
          ],
        },
        stop,
      ),
      'At nine.',
    ],
    ['space before the first word', content('\n\n', ' ', 'At nine.'), 'At nine.'],
  ])('%s', async (_, pieces, text) => {
    server.send({ pieces });
    const { words: read, drafts, result } = await ask();
    expect([read, result]).toEqual([text, 'stop']);
    for (const draft of drafts) expect(draft).toMatch(/^[^\ufffd]*$/u);
    for (const draft of drafts) expect(draft.isWellFormed()).toBe(true);
  });

  it.each<[string, Raw, string]>([
    ['JSON', json({ choices: [{ message: { role: 'assistant', content: HI }, finish_reason: 'stop' }] }), HI],
    ['JSON without a reason', json({ choices: [{ message: { content: 'no full stop' } }] }), 'no full stop'],
    [
      'JSON that calls itself a stream',
      { pieces: [`  ${JSON.stringify({ choices: [{ message: { content: HI } }] })}`] },
      HI,
    ],
    [
      'a stream that calls itself JSON',
      { headers: { 'content-type': 'application/json' }, pieces: data(words(HI, 'stop')) },
      HI,
    ],
    [
      'a document on each line',
      { pieces: [`${JSON.stringify(words('Hello. '))}\n`, `${JSON.stringify(words('We open at nine.', 'stop'))}\n`] },
      HI,
    ],
  ])('200 with %s, instead of a stream', async (_, raw, text) => {
    server.send(raw);
    expect(await ask()).toMatchObject({ result: 'stop', words: text });
  });

  it('JSON with thoughts and calls, instead of a stream', async () => {
    const message = {
      content: null,
      reasoning_content: 'Hm',
      tool_calls: [{ id: 'a', function: { name: 'transfer_to_agent', arguments: { reason: 'x' } } }],
    };
    server.send(
      json({ choices: [{ message, finish_reason: 'tool_calls' }], usage: { prompt_tokens: 3, completion_tokens: 2 } }),
    );
    expect(await ask()).toMatchObject({
      result: 'tool_calls',
      words: '',
      calls: [['a', 'transfer_to_agent', '{"reason":"x"}']],
    });
  });
});

describe('thoughts', () => {
  const thinks: [string, Sent[]][] = [
    ['reasoning_content', data(delta({ reasoning_content: 'They ask' }))],
    ['reasoning', data(delta({ reasoning: 'They ask' }))],
    ['reasoning_details', data(delta({ reasoning_details: [{ type: 'reasoning.text', text: 'They ask' }] }))],
    ['parts of the content', data(delta({ content: [{ type: 'thinking', thinking: 'They ask' }] }))],
    ['<think>', data(words('<th'), words('ink>They ask</'), words('think>\n\n'))],
  ];
  it.each(thinks)('as %s: never words, and no silence', async (_, thoughts) => {
    // Longer than the timeout of the first word, and not than that between two pieces.
    const slowly = thoughts.flatMap((piece) => [300, piece]);
    server.send({ pieces: [...slowly, ...slowly, 300, ...slowly, ...data(words(HI, 'stop'))] });
    const { words: read, drafts, result } = await ask({ limits: { firstTokenMs: 750, idleMs: 1_200 } });
    expect([read, result]).toEqual([HI, 'stop']);
    expect(drafts.join()).not.toContain('They');
  });

  it('with an end mark only, of an unknown model: no draft shows them, and this is remembered', async () => {
    const pieces = data(words('They ask '), words('for hours.\n</th'), words('ink>\n\nAt '), words('nine.', 'stop'));
    const model = openAiModel({ apiKey: 'k', baseUrl: server.baseUrl, model: 'm' });
    for (const _ of ['first', 'second']) {
      server.send({ pieces });
      const drafts: string[] = [];
      const request = { messages: [{ role: 'user' as const, text: 'Hi' }], maxTokens: 50 };
      for await (const event of streamCompletion(
        model,
        request,
        quick,
        unlimitedAdmitter(),
        new AbortController().signal,
      ))
        if (event.type === 'text') drafts.push(event.text);
      expect(drafts.join('')).toBe('At nine.');
    }
    expect(model.describe().notes).toContain('begins its answers with thoughts');
  });

  it('that use up the limit: repeated once with a higher limit, which is remembered', async () => {
    const model = openAiModel({ apiKey: 'k', baseUrl: server.baseUrl, model: 'm' });
    const request = { messages: [{ role: 'user' as const, text: 'Hi' }], maxTokens: 50 };
    const once = async () => {
      const events: ModelEvent[] = [];
      for await (const event of streamCompletion(
        model,
        request,
        quick,
        unlimitedAdmitter(),
        new AbortController().signal,
      ))
        events.push(event);
      return events.filter(({ type }) => type === 'text');
    };
    server.send({ pieces: data(delta({ reasoning_content: 'Long.' }), delta({ content: '' }, 'length')) });
    server.send({ pieces: data(words(HI, 'stop')) });
    expect(await once()).toMatchObject([{ text: HI }]);
    expect(server.requests.map(({ max_tokens: most }) => most)).toEqual([50, 16_200]);
    server.send({ pieces: data(words(HI, 'stop')) });
    await once();
    expect(server.requests[2]?.max_tokens).toBe(4_050);
  });

  it('that use up every limit: a failure, without further requests', async () => {
    for (const _ of [1, 2, 3, 4]) server.send({ pieces: data(delta({ reasoning: 'Long.' }), delta({}, 'length')) });
    expect(await ask()).toMatchObject({ result: 'only_thoughts' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('tool calls', () => {
  const args = '{"reason":"x"}';
  it.each<[string, unknown[], unknown[]]>([
    [
      'parallel, all with index 0 and ids of their own',
      [
        called({ index: 0, id: 'a', function: { name: 'transfer_to_agent', arguments: args } }),
        called({ index: 0, id: 'b', function: { name: 'other', arguments: '{}' } }),
      ],
      [
        ['a', 'transfer_to_agent', args],
        ['b', 'other', '{}'],
      ],
    ],
    [
      'parallel, index 0, ids of their own, and arguments in pieces',
      [
        called({ index: 0, id: 'a', function: { name: 'one', arguments: '' } }),
        called({ index: 0, function: { arguments: '{"x"' } }),
        called({ index: 0, function: { arguments: ':1}' } }),
        called({ index: 0, id: 'b', function: { name: 'one', arguments: '' } }),
        called({ index: 0, function: { arguments: '{"x":2}' } }),
      ],
      [
        ['a', 'one', '{"x":1}'],
        ['b', 'one', '{"x":2}'],
      ],
    ],
    [
      'the name in every piece',
      [
        called({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x"' } }),
        called({ index: 0, id: 'a', function: { name: 'one', arguments: ':1' } }),
        called({ index: 0, id: 'a', function: { name: 'one', arguments: '}' } }),
      ],
      [['a', 'one', '{"x":1}']],
    ],
    [
      'the name in two pieces',
      [
        called({ index: 0, id: 'a', function: { name: 'transfer_' } }),
        called({ index: 0, function: { name: 'to_agent', arguments: args } }),
      ],
      [['a', 'transfer_to_agent', args]],
    ],
    [
      'the name after the arguments have begun',
      [
        called({ index: 0, id: 'a', function: { arguments: '' } }),
        called({ index: 0, function: { name: 'one', arguments: '{}' } }),
      ],
      [['a', 'one', '{}']],
    ],
    [
      'arguments as an object',
      [called({ index: 0, id: 'a', function: { name: 'one', arguments: { x: 1 } } })],
      [['a', 'one', '{"x":1}']],
    ],
    [
      'no arguments',
      [
        called({ index: 0, id: 'a', function: { name: 'one' } }),
        called({ index: 0, id: 'b', function: { name: 'two', arguments: null } }),
      ],
      [
        ['a', 'one', ''],
        ['b', 'two', ''],
      ],
    ],
    [
      'empty arguments first',
      [
        called({ index: 0, id: 'a', function: { name: 'one', arguments: '{}' } }),
        called({ index: 0, function: { arguments: '{"x":1}' } }),
      ],
      [['a', 'one', '{"x":1}']],
    ],
    [
      'empty ids',
      [
        called(
          { index: 0, id: '', function: { name: 'one', arguments: '{"x":1}' } },
          { index: 0, id: '', function: { name: 'one', arguments: '{"x":2}' } },
        ),
      ],
      [
        ['call_0', 'one', '{"x":1}'],
        ['call_1', 'one', '{"x":2}'],
      ],
    ],
    [
      'repeated ids',
      [
        called({ index: 0, id: 'a', function: { name: 'one', arguments: '{}' } }),
        called({ index: 1, id: 'a', function: { name: 'two', arguments: '{}' } }),
      ],
      [
        ['a', 'one', '{}'],
        ['call_1', 'two', '{}'],
      ],
    ],
    [
      'a call that is sent twice',
      [
        called({ index: 0, id: 'a', function: { name: 'one', arguments: args } }),
        called({ index: 0, id: 'a', function: { name: 'one', arguments: args } }),
      ],
      [['a', 'one', args]],
    ],
    [
      'no index',
      [
        called(
          { id: 'a', function: { name: 'one', arguments: args } },
          { id: 'b', function: { name: 'two', arguments: '{}' } },
        ),
      ],
      [
        ['a', 'one', args],
        ['b', 'two', '{}'],
      ],
    ],
    [
      'an index that grows with each piece',
      [
        called({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x"' } }),
        called({ index: 1, function: { arguments: ':1}' } }),
      ],
      [['a', 'one', '{"x":1}']],
    ],
    [
      'by the older name',
      [delta({ function_call: { name: 'one', arguments: '{"x"' } }), delta({ function_call: { arguments: ':1}' } })],
      [['call_0', 'one', '{"x":1}']],
    ],
    [
      'a call instead of a list',
      [delta({ tool_calls: { id: 'a', function: { name: 'one', arguments: args } } })],
      [['a', 'one', args]],
    ],
    [
      'a prefix',
      [called({ index: 0, id: 'a', function: { name: 'functions.transfer_to_agent:0', arguments: args } })],
      [['a', 'transfer_to_agent', args]],
    ],
    [
      'next to a call in words',
      [
        words('<tool_call>{"name": "transfer_to_agent"}</tool_call>'),
        called({ index: 0, id: 'a', function: { name: 'one', arguments: '{}' } }),
      ],
      [
        ['a', 'one', '{}'],
        ['text_0', 'transfer_to_agent', ''],
      ],
    ],
  ])('%s', async (_, chunks, calls) => {
    for (const finish of ['tool_calls', 'stop']) {
      server.send({ pieces: data(...chunks, delta({}, finish), '[DONE]') });
      const read = await ask();
      expect(read).toMatchObject({ result: 'tool_calls', words: '' });
      expect(read.calls).toEqual(calls);
    }
  });

  it('too many are garbled', async () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      index,
      id: `c${index}`,
      function: { name: 'one', arguments: '{}' },
    }));
    server.send(
      { pieces: data(called(...many), stop) },
      { pieces: data(called(...many), stop) },
      { pieces: data(called(...many), stop) },
    );
    expect((await ask()).result).toBe('garbled');
  });
});

describe('usage', () => {
  it.each<[unknown, unknown[]]>([
    [{ prompt_tokens: 7, completion_tokens: 2 }, [{ promptTokens: 7, completionTokens: 2 }]],
    [{ prompt_tokens: 7, total_tokens: 9 }, [{ promptTokens: 7, completionTokens: 2 }]],
    [{ input_tokens: 7, output_tokens: 2 }, [{ promptTokens: 7, completionTokens: 2 }]],
    [{ prompt_tokens: '7', completion_tokens: 2.4 }, [{ promptTokens: 7, completionTokens: 2 }]],
    [{ prompt_tokens: -1, completion_tokens: 2 }, [{ promptTokens: 0, completionTokens: 2 }]],
    [{ prompt_tokens: 1e300, completion_tokens: null }, []],
    [{ prompt_tokens: {}, completion_tokens: 'many' }, []],
    ['none', []],
    [[], []],
  ])('%j never costs an answer', async (usage, read) => {
    server.send({ pieces: data(words(HI), { ...stop, usage }, '[DONE]') });
    expect(await ask()).toMatchObject({ result: 'stop', words: HI, usage: read });
  });

  it('that grows with each piece is counted once', async () => {
    const counted = (chunk: object, completion: number) => ({
      ...chunk,
      usage: { prompt_tokens: 5, completion_tokens: completion },
    });
    server.send({
      pieces: data(counted(words('Hello. '), 1), counted(words('At nine.'), 2), counted(stop, 3), '[DONE]'),
    });
    expect((await ask()).usage).toEqual([{ promptTokens: 5, completionTokens: 3 }]);
  });
});

it('any JSON instead of a chunk gives an answer or a ModelFailure', async () => {
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('stop', 'length', 'Hi.', 0, {}));
  const of = (fields: readonly string[]) => fc.dictionary(fc.constantFrom(...fields), odd);
  const inside = of(['content', 'tool_calls', 'reasoning', 'reasoning_details', 'refusal', 'function_call']);
  const choice = fc.record(
    { index: odd, delta: fc.oneof(inside, odd), message: odd, finish_reason: odd },
    { requiredKeys: [] },
  );
  const chunk = fc.oneof(
    odd,
    fc.record(
      { choices: fc.oneof(fc.array(fc.oneof(choice, odd), { maxLength: 2 }), odd), usage: odd, model: odd },
      { requiredKeys: [] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 5 }), async (chunks) => {
      server.speak(vendors.groq);
      const pieces = chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`);
      for (const _ of [1, 2, 3, 4]) server.send({ pieces });
      const { words: read, drafts } = await ask({ limits: { firstTokenMs: 300, idleMs: 300 } });
      for (const text of [read, ...drafts]) expect(text.isWellFormed()).toBe(true);
    }),
    { numRuns: 200 },
  );
}, 120_000);

describe('bytes', () => {
  const pieces = (line: string) =>
    [
      ': a comment',
      `data: ${JSON.stringify(words('Grüße 😀, '))}`,
      '',
      'event: message',
      `data: ${JSON.stringify(words('最寄り駅.'))}`,
      '',
      `data:${JSON.stringify(stop)}`,
      '',
      'data: [DONE]',
      '',
    ].join(line);
  it.each([
    ['\n', 'LF'],
    ['\r\n', 'CRLF'],
    ['\r', 'CR'],
  ])('lines that end with %j, cut anywhere', async (line) => {
    const bytes = new TextEncoder().encode(pieces(line) + line);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...new Set(cuts.sort((one, other) => one - other)), bytes.length];
        server.send({ pieces: at.slice(1).map((end, position) => bytes.slice(at[position], end)) });
        expect(await ask()).toMatchObject({ result: 'stop', words: 'Grüße 😀, 最寄り駅.' });
      }),
      { numRuns: 60 },
    );
  });

  it('one at a time', async () => {
    const bytes = new TextEncoder().encode(pieces('\n'));
    server.send({ pieces: Array.from(bytes, (byte) => Uint8Array.of(byte)) });
    expect(await ask()).toMatchObject({ result: 'stop', words: 'Grüße 😀, 最寄り駅.' });
  });

  it('the last event without an empty line after it', async () => {
    server.send({ pieces: [`data: ${JSON.stringify(words(HI))}\n\ndata: ${JSON.stringify(stop)}`] });
    expect(await ask()).toMatchObject({ result: 'stop', words: HI });
  });
});
