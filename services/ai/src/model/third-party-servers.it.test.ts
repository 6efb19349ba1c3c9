import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, testSpace, until } from '@baton/testkit';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';

/* Model servers that nobody here wrote: whatever they do, there is an answer or a human. */

const require = createRequire(import.meta.url);
const space = await testSpace();
let bench: Bench;
beforeAll(async () => {
  bench = await createBench(space);
});
afterAll(() => bench.stop());

/** One customer message with a service of its own, until it is answered or with a human. */
async function chat(baseUrl: string, text: string, env: Record<string, string> = {}) {
  const service = await bench.startService({ OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: 'gpt-4o-mini', ...env });
  const id = bench.session.start();
  await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
  bench.session.say(id, text);
  await until(() => bench.session.answers(id).length > 0 || bench.session.of(id).session.status !== 'bot', {
    within: 15_000,
    what: 'an answer or a human',
  });
  await until(() => bench.session.of(id).worker === undefined, { what: 'the lease given back' });
  await service.stop();
  const drafts = bench.drafts.filter((draft) => draft.sessionId === id).map((draft) => draft.text);
  return {
    answers: bench.session.answers(id),
    status: bench.session.of(id).session.status,
    drafts,
    it: bench.session.of(id),
  };
}

describe('[A1] aimock', () => {
  let mock: LLMock;
  beforeEach(async () => {
    mock = new LLMock({ port: 0 });
    // The trial at the start, to know the endpoint.
    mock.onMessage('Answer with OK', { content: 'OK' });
    await mock.start();
  });
  afterEach(() => mock.stop());
  const url = () => `${mock.url}/v1`;

  it('words', async () => {
    mock.onMessage('open', { content: 'We open at nine. 😀' });
    expect((await chat(url(), 'When do you open?')).answers).toMatchObject([{ content: 'We open at nine. 😀' }]);
  });

  it('thoughts, which nobody reads', async () => {
    mock.onMessage('open', { content: 'We open at nine.', reasoning: 'SECRET thoughts' });
    const { answers, drafts } = await chat(url(), 'When do you open?');
    expect(answers).toMatchObject([{ content: 'We open at nine.' }]);
    expect(JSON.stringify([answers, drafts])).not.toContain('SECRET');
  });

  it('a tool, its result, and words', async () => {
    mock.on({ userMessage: 'Write a poem', hasToolResult: false }, { content: 'Steam.' });
    mock.on({ userMessage: 'poem', hasToolResult: true }, { content: 'Here it is: Steam.' });
    mock.on(
      { userMessage: 'poem', hasToolResult: false },
      { toolCalls: [{ name: 'write_poem', arguments: '{"topic":"tea"}' }] },
    );
    const { answers } = await chat(url(), 'A poem about tea, please');
    expect(answers).toMatchObject([
      { content: 'Here it is: Steam.', metadata: { tools: [{ name: 'write_poem', outcome: 'ok' }] } },
    ]);
  });

  it('words and a handoff', async () => {
    const toolCalls = [{ name: 'transfer_to_agent', arguments: '{"reason":"asks","priority":"normal","summary":"s"}' }];
    mock.onMessage('human', { content: 'One moment.', toolCalls });
    const { status, it: session } = await chat(url(), 'A human please');
    expect(status).toBe('waiting');
    expect(session.entries.at(-1)).toMatchObject({ change: { cause: 'bot_transferred', reason: 'asks' } });
  });

  it('how an answer ended, in the words of others', async () => {
    mock.onMessage('open', { content: 'We open at nine.', finishReason: 'end_turn' });
    expect((await chat(url(), 'When do you open?')).answers).toMatchObject([{ content: 'We open at nine.' }]);
  });

  it.each([
    ['nothing that it knows', undefined, {}],
    [
      'a refused parameter',
      { message: "Unsupported parameter: 'stream_options'", type: 'invalid_request_error', param: 'stream_options' },
      {},
    ],
    ['a fault', { message: 'overloaded', type: 'server_error' }, { status: 503 }],
  ])('%s: an answer or a human', async (_, error, more) => {
    if (error !== undefined) mock.onMessage('open', { error, ...more });
    const { answers, status } = await chat(url(), 'When do you open?');
    expect(answers.length > 0 || status === 'waiting').toBe(true);
  });

  it.each([{ dropRate: 1 }, { malformedRate: 1 }, { disconnectRate: 1 }, { rateLimitRate: 1 }, { latencyMs: 4_000 }])(
    'chaos %o: a human',
    async (chaos) => {
      mock.onMessage('open', { content: 'We open at nine.' });
      mock.setChaos(chaos);
      expect((await chat(url(), 'When do you open?', { MODEL_WAIT_MS: '1000' })).status).toBe('waiting');
    },
  );

  it('a slow stream', async () => {
    mock.onMessage('open', { content: 'We open at nine, and close at six.' }, { latency: 30, chunkSize: 2 });
    const { answers, drafts } = await chat(url(), 'When do you open?');
    expect(answers).toMatchObject([{ content: 'We open at nine, and close at six.' }]);
    expect(drafts.length).toBeGreaterThan(2);
  });
});

describe('[A1] mock-llm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-mock-llm-'));
  let child: ChildProcess | undefined;
  let port: number;
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => void child?.kill());

  const message = (content: string, more: object = {}) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o-mini',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, ...more },
        finish_reason: 'tool_calls' in more ? 'tool_calls' : 'stop',
      },
    ],
  });
  async function serve(rules: readonly { match: string; status?: number; body: object }[]) {
    const file = join(folder, 'mock-llm.yaml');
    const listed = [
      ...rules.map(({ match, status = 200, body }) => ({
        path: '/v1/chat/completions',
        match,
        response: { status, content: JSON.stringify(body) },
      })),
      {
        path: '/v1/models',
        match: '@',
        response: { status: 200, content: '{"object":"list","data":[{"id":"gpt-4o-mini"}]}' },
      },
    ];
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ streaming: { chunkSize: 4, chunkIntervalMs: 2 }, rules: listed }));
    port = await freePort();
    child = spawn(process.execPath, [require.resolve('@dwmkerr/mock-llm'), '--config', file], {
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port) },
      stdio: 'ignore',
    });
    await until(async () => (await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined))?.ok, {
      within: 30_000,
      what: 'mock-llm',
    });
    return `http://127.0.0.1:${port}/v1`;
  }
  const always = '@';
  const asked = (words: string) => `contains(body.messages[-1].content, '${words}')`;

  it('words', async () => {
    const url = await serve([{ match: always, body: message('We open at nine.') }]);
    expect((await chat(url, 'When do you open?')).answers).toMatchObject([{ content: 'We open at nine.' }]);
  });

  it('a handoff', async () => {
    const call = {
      id: 'c1',
      type: 'function',
      function: { name: 'transfer_to_agent', arguments: '{"reason":"asks"}' },
    };
    const url = await serve([
      { match: always, body: message('OK') },
      { match: asked('human'), body: message('', { tool_calls: [call] }) },
    ]);
    const { status, answers } = await chat(url, 'A human please');
    expect(answers.length > 0 || status === 'waiting').toBe(true);
  });

  it.each([400, 401, 404, 429, 500])('status %i: a human', async (status) => {
    const error = { message: 'no', type: 'invalid_request_error', param: null, code: null };
    const url = await serve([{ match: always, status, body: { error } }]);
    expect((await chat(url, 'When do you open?', { MODEL_WAIT_MS: '1000' })).status).toBe('waiting');
  });
});
