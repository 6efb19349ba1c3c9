import {
  flatError,
  type ModelServer,
  openAiError,
  type Refused,
  refusesLongerThan,
  refusesParameter,
  schemaError,
  startModelServer,
  textError,
  vendors,
} from '@baton/testkit/model-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unlimitedAdmitter } from '../../admission/admission.ts';
import { type OpenAiOptions, openAiModel } from '../client-openai.ts';
import { type ModelTimeouts, streamCompletion } from '../completion.ts';
import { type ChatMessage, type Model, ModelFailure, type ModelRequest } from '../model.ts';

/* What is learnt of an endpoint from what it refuses, and what is said of it. */

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.speak(vendors.groq);
  server.say({ text: 'We open at nine.' });
});

const model = (options: Partial<OpenAiOptions> = {}) =>
  openAiModel({ apiKey: 'sk-secret-0123456789abcdef', baseUrl: server.baseUrl, model: 'm', ...options });
const question: ModelRequest = { messages: [{ role: 'user', text: 'When do you open?' }], maxTokens: 500 };
const limits: ModelTimeouts = { firstTokenMs: 2_000, idleMs: 1_200 };

async function ask(of: Model, request = question, given = limits, signal = new AbortController().signal) {
  let text = '';
  for await (const event of streamCompletion(of, request, given, unlimitedAdmitter(), signal))
    if (event.type === 'text') text += event.text;
  return text;
}
const failure = async (asking: Promise<unknown>) => {
  const error = await asking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`not a failure of the model: ${String(error)}`);
  return error;
};
const withRules = (...rules: (typeof vendors.groq.rules)[number][]) => ({ ...vendors.groq, rules });

describe('a refusal that names a parameter', () => {
  const extra = { temperature: 0.3, parallel_tool_calls: false, tool_choice: 'auto', store: false, top_k: 3 };
  const wordings: [string, string, ReturnType<typeof openAiError>][] = [
    ['OpenAI', "Unsupported parameter: '{}' is not supported with this model.", openAiError()],
    ['older Azure', 'Unrecognized request argument supplied: {}', openAiError()],
    ['FastAPI', 'Extra inputs are not permitted', schemaError(false)],
    ['Mistral', 'Extra inputs are not permitted', schemaError(true)],
    ['Go', 'invalid request: json: unknown field "{}"', textError(422)],
    ['Google', 'Invalid JSON payload received. Unknown name "{}": Cannot find field.', flatError()],
    ['a sentence', 'This model does not support the {} parameter yet', textError()],
  ];
  const named = ['temperature', 'parallel_tool_calls', 'tool_choice', 'store', 'top_k', 'stream_options'];

  it.each(wordings.flatMap(([who, words, error]) => named.map((name) => [name, who, words, error] as const)))(
    '%s, in the words of %s: asked again without it, in the same turn, and never again with it',
    async (name, _, words, error) => {
      server.speak(withRules(refusesParameter(name, words, error)));
      const one = model({ parameters: extra });
      expect([await ask(one), await ask(one)]).toEqual(['We open at nine.', 'We open at nine.']);
      expect(server.requests.map((request) => name in request)).toEqual([true, false, false]);
      const others = named.filter((other) => other !== name);
      for (const other of others) expect(server.requests.at(-1)).toHaveProperty(other);
      expect(one.describe().notes).toEqual([`does not take ${name}`]);
    },
  );

  it.each(['max_tokens', 'max_completion_tokens'] as const)('%s: asked with its other name', async (name) => {
    const other = name === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    server.speak(withRules(refusesParameter(name, "Unsupported parameter: '{}'.", openAiError())));
    const one = model({ capabilities: { limit: name } });
    await ask(one);
    expect(server.requests.map((request) => [request[name], request[other]])).toEqual([
      [500, undefined],
      [undefined, 500],
    ]);
  });

  it('the limit, by both names: repeated without a limit', async () => {
    const refuse = (name: string) => refusesParameter(name, 'Unknown parameter: {}', textError());
    server.speak(withRules(refuse('max_tokens'), refuse('max_completion_tokens')));
    expect(await ask(model())).toBe('We open at nine.');
    expect(server.requests).toHaveLength(3);
  });

  it('a limit that is too high: repeated with the named one', async () => {
    server.speak(
      withRules(({ max_tokens: limit }) =>
        Number(limit) > 256 ? openAiError()('`max_tokens` must be less than or equal to `256`') : undefined,
      ),
    );
    expect(await ask(model())).toBe('We open at nine.');
    expect(server.requests.map((request) => request.max_tokens)).toEqual([500, 256]);
  });

  it('a stream: repeated without one', async () => {
    server.speak(
      withRules(({ stream }) => (stream ? openAiError()("'stream' is not supported", { param: 'stream' }) : undefined)),
    );
    const one = model();
    expect([await ask(one), await ask(one)]).toEqual(['We open at nine.', 'We open at nine.']);
    expect(server.requests).toHaveLength(3);
  });

  it('a parameter that was not sent: not repeated', async () => {
    server.speak(withRules(() => openAiError()('Something about frequency_penalty is not supported')));
    expect(await failure(ask(model()))).toMatchObject({ kind: 'bad_request' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a refusal of another kind', () => {
  const tool = { name: 'transfer_to_agent', description: 'Hand off.', parameters: { type: 'object', properties: {} } };
  const withTool = { ...question, tools: [tool] };

  it('within the stream teaches as much as one before it', async () => {
    const error = { message: 'This model does not support tools', type: 'api_error' };
    server.send({ pieces: [`data: ${JSON.stringify({ error })}\n\n`] });
    server.send({
      pieces: [`event: error\ndata: ${JSON.stringify({ message: 'System message must be at the beginning' })}\n\n`],
    });
    const one = model();
    expect(await ask(one, withTool)).toBe('We open at nine.');
    expect(one.describe().can).toMatchObject({ tools: 'described', order: 'strict' });
    expect(server.requests).toHaveLength(3);
  });

  it("of the model's own text, which the endpoint could not parse: the call is parsed", async () => {
    const failed = { message: "Failed to call a function. See 'failed_generation'.", code: 'tool_use_failed' };
    const generation = '<function=transfer_to_agent>{"reason": "asks"}';
    const body = { error: { ...failed, type: 'invalid_request_error', failed_generation: generation } };
    server.speak(withRules(() => ({ status: 400, body })));
    const events = [];
    for await (const event of streamCompletion(
      model(),
      withTool,
      limits,
      unlimitedAdmitter(),
      new AbortController().signal,
    ))
      events.push(event);
    expect(events.at(-1)).toMatchObject({
      toolCalls: [{ name: 'transfer_to_agent', arguments: '{"reason":"asks"}' }],
    });
    server.speak(withRules(() => ({ status: 400, body: { error: { ...failed, failed_generation: '???' } } })));
    expect(await failure(ask(model(), withTool))).toMatchObject({ kind: 'garbled' });
  });
});

describe('a conversation that is too long', () => {
  const long: ModelRequest = {
    messages: [
      { role: 'system', text: 'RULES' },
      ...Array.from(
        { length: 60 },
        (_, turn): ChatMessage => ({
          role: turn % 2 === 0 ? 'user' : 'assistant',
          text: `Message ${turn}: ${'words and more words '.repeat(10)}`,
        }),
      ),
      { role: 'user', text: 'THE-QUESTION' },
    ],
    maxTokens: 100,
  };
  const wordings: [string, ReturnType<typeof openAiError>, string?][] = [
    [
      "This model's maximum context length is {most} tokens. However, your messages resulted in {length} tokens. Please reduce the length of the messages.",
      openAiError(),
      'context_length_exceeded',
    ],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 100. This model's maximum context length is {most} tokens and your request has {length} input tokens",
      flatError(),
    ],
    [
      'the request exceeds the available context size, try increasing it',
      openAiError(400, 'exceed_context_size_error'),
    ],
    [
      'Trying to keep the first {length} tokens when context the overflows. However, the model is loaded with context length of only {most} tokens',
      textError(),
    ],
    [
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= {most}. Given: {length} `inputs` tokens',
      textError(422),
    ],
    ['The input token count ({length}) exceeds the maximum number of tokens allowed ({most}).', flatError()],
    ['prompt is too long: {length} tokens > {most} maximum', openAiError()],
    [
      'Prompt contains {length} tokens and 0 draft tokens, too large for model with {most} maximum context length',
      flatError(),
    ],
    [
      'Request too large for model on tokens per minute (TPM): Limit {most}, Requested {length}',
      openAiError(413, 'tokens'),
    ],
    ['Current length is {length} while limit is {most}', textError()],
    ['', (): Refused => ({ status: 413, body: '<html>Request Entity Too Large</html>' })],
  ];
  it.each(wordings)('%s: once more with half of it, remembered for this model', async (words, error, code) => {
    server.speak(withRules(refusesLongerThan(8_000, words, error, code)));
    const one = model();
    expect(one.contextTokens).toBeUndefined();
    expect(await ask(one, long)).toBe('We open at nine.');
    const shown = JSON.stringify(server.requests.at(-1)?.messages);
    for (const kept of ['RULES', 'THE-QUESTION', 'Message 59']) expect(shown).toContain(kept);
    expect(shown).not.toContain('Message 0:');
    const before = server.requests.length;
    await ask(one, long);
    expect(server.requests.length).toBe(before + 1);
    expect(one.contextTokens).toBeLessThan(3_000);
    expect(one.describe().notes).toEqual([`takes at most ${one.contextTokens} tokens of a conversation`]);
  });

  it('one message that is longer than the limit is cut in its middle', async () => {
    server.speak(withRules(refusesLongerThan(6_000, 'context length exceeded', textError())));
    const text = `BEGIN ${'x y z '.repeat(3_000)} END`;
    expect(await ask(model(), { messages: [{ role: 'user', text }], maxTokens: 50 })).toBe('We open at nine.');
    expect(server.requests.at(-1)?.messages[0]?.content).toMatch(/^BEGIN .*\[…\].* END$/s);
  });
});

describe('a model that is being loaded', () => {
  const loading = { ...vendors.ollama, loadMs: 1_500 };
  const impatient: ModelTimeouts = { firstTokenMs: 400, idleMs: 1_200 };

  it('is waited for by one request; the others wait for that one', async () => {
    server.speak(loading);
    const one = model({ provider: 'ollama' });
    expect(await Promise.all([1, 2, 3].map(() => ask(one, question, impatient)))).toEqual(
      Array(3).fill('We open at nine.'),
    );
    expect([server.loads, server.requests.length]).toEqual([1, 3]);
  });

  it('is loaded to the end, even when requests are aborted meanwhile', async () => {
    server.speak(loading);
    const one = model({ provider: 'ollama' });
    for (const ms of [200, 300, 400]) await ask(one, question, impatient, AbortSignal.timeout(ms));
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(await ask(one, question, impatient)).toBe('We open at nine.');
    expect(server.loads).toBe(1);
  });

  it('is not waited for when the operator forbids it or the provider never loads', async () => {
    for (const options of [{ provider: 'ollama', loadMs: 0 }, { provider: 'vllm' }]) {
      server.speak(loading);
      expect(await failure(ask(model(options), question, impatient))).toMatchObject({ kind: 'slow' });
    }
  });

  it('is not waited for longer than is set', async () => {
    server.speak({ ...loading, loadMs: 60_000 });
    const start = performance.now();
    const one = model({ provider: 'ollama', loadMs: 300 });
    expect(await failure(ask(one, question, impatient))).toMatchObject({ kind: 'loading' });
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('reports it: the request is repeated until it is loaded', async () => {
    let refusals = 2;
    const refused = openAiError(503, 'unavailable_error')('Loading model');
    server.speak({ ...vendors['llama.cpp'], rules: [() => (refusals-- > 0 ? refused : undefined)] });
    expect(await ask(model(), question, { firstTokenMs: 1_500, idleMs: 1_500 })).toBe('We open at nine.');
  });

  it('does not delay the first request', async () => {
    server.speak(vendors.ollama);
    const one = model({ provider: 'ollama' });
    await Promise.all([ask(one), ask(one)]);
    expect(server.requests).toHaveLength(2);
  });
});

describe('the address', () => {
  it.each(['', '/'])('without its path (%j): found, and said by the name of the setting', async (end) => {
    server.speak(vendors.ollama);
    const one = model({ baseUrl: server.origin + end });
    expect(await ask(one)).toBe('We open at nine.');
    expect(one.describe().notes).toEqual(['OPENAI_BASE_URL lacks /v1: it is added']);
    const checked = model({ baseUrl: server.origin });
    expect(await checked.check(AbortSignal.timeout(2_000))).toBe('listed');
    expect(checked.describe().notes).toEqual(['OPENAI_BASE_URL lacks /v1: it is added']);
  });

  it.each(['/v1/chat/completions', '/v1/chat/completions/', '/v1/models'])(
    'with too much of it (%s): taken, and said',
    async (path) => {
      server.speak(vendors.ollama);
      const one = model({ baseUrl: server.origin + path });
      expect(await ask(one)).toBe('We open at nine.');
      expect(one.describe().notes[0]).toMatch(
        /^OPENAI_BASE_URL ends with \/(chat\/completions|models), which is left out$/,
      );
    },
  );

  it("keeps its query, such as Azure's version, and shows no secret", async () => {
    server.speak(vendors.azure);
    const one = model({ baseUrl: `${server.baseUrl}/chat/completions?api-version=2024-10-21&key=secret` });
    expect(await ask(one)).toBe('We open at nine.');
    expect(one.describe().endpoint).toBe(server.baseUrl);
  });

  it('of nothing: a list that is not found proves nothing, and the failure names the setting', async () => {
    server.speak({ ...vendors.ollama, path: '/elsewhere' });
    const one = model({ baseUrl: server.origin });
    expect(await one.check(AbortSignal.timeout(2_000))).toBe('none');
    const failed = await failure(ask(one));
    expect([failed.kind, failed.message]).toEqual([
      'wrong_address',
      'no model answers at this address: check OPENAI_BASE_URL (404)',
    ]);
  });

  it('of a web page', async () => {
    server.speak({ ...vendors.ollama, notFound: { status: 200, body: '<!doctype html><title>Welcome</title>' } });
    const one = model({ baseUrl: `${server.origin}/wiki` });
    expect(await failure(ask(one))).toMatchObject({ kind: 'wrong_address' });
  });

  it('a list with other models only proves nothing either', async () => {
    expect(await model({ model: 'gone' }).check(AbortSignal.timeout(2_000))).toBe('other');
    expect(await model().check(AbortSignal.timeout(2_000))).toBe('listed');
  });
});

describe('a refusal for good', () => {
  it.each<[string, Refused, string, RegExp]>([
    [
      'a model that was taken away',
      openAiError(400)('The model `m` has been decommissioned and is no longer supported.', {
        code: 'model_decommissioned',
      }),
      'unknown_model',
      /decommissioned/,
    ],
    [
      'a model that is not there',
      openAiError(404)('The model `m` does not exist.', { code: 'model_not_found' }),
      'unknown_model',
      /does not exist/,
    ],
    [
      'a model that was not pulled',
      textError(404)("model 'm' not found, try pulling it first"),
      'unknown_model',
      /try pulling/,
    ],
    [
      'a deployment that is not there',
      openAiError(404)('The API deployment for this resource does not exist.', { code: 'DeploymentNotFound' }),
      'unknown_model',
      /deployment/,
    ],
    [
      'a wrong key',
      openAiError(401)('Incorrect API key provided: sk-secr***************cdef.', { code: 'invalid_api_key' }),
      'unauthorised',
      /^Incorrect API key provided: …\.$/,
    ],
    [
      'a wrong key, as Google says it',
      { status: 400, body: [{ error: { code: 400, message: 'API key not valid. Please pass a valid API key.' } }] },
      'unauthorised',
      /not valid/,
    ],
    ['no money', openAiError(402)('Insufficient Balance'), 'out_of_quota', /Balance/],
    [
      'no quota',
      openAiError(429)('You exceeded your current quota, please check your plan and billing details.', {
        code: 'insufficient_quota',
      }),
      'out_of_quota',
      /quota/,
    ],
    [
      'a filter',
      openAiError(400)(
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        { code: 'content_filter' },
      ),
      'filtered',
      /filtered/,
    ],
    [
      'a fault',
      { status: 500, body: 'upstream sk-secret-0123456789abcdef failed' },
      'server_error',
      /^500 upstream … failed$/,
    ],
  ])('%s: %s', async (_, refused, kind, words) => {
    server.speak(withRules(() => refused));
    const told = await failure(ask(model()));
    expect([told.kind, told.words]).toEqual([kind, expect.stringMatching(words)]);
    expect(told.message + told.words).not.toContain('secret');
  });
});
