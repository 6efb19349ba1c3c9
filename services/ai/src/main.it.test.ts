import { startOfflineModel } from '@baton/offline-model';
import { testSpace, until } from '@baton/testkit';
import { openAiError, startModelServer, vendors } from '@baton/testkit/model-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../test/ai-service.ts';
import { createRunner } from '../test/service-process.ts';

const space = await testSpace();
const runner = createRunner(space.env);
const { run } = runner;
let bench: Bench;

beforeAll(async () => {
  bench = await createBench(space);
});
afterAll(() => bench.stop());

afterEach(() => runner.endAll());
const KEY = 'sk-test-0123456789abcdefghij';
const offline = () => ({ OPENAI_BASE_URL: bench.model.baseUrl, OPENAI_MODEL: 'baton-offline' });

describe('the process', () => {
  it('[O1] stopped in the middle of an answer, it finishes the answer and takes no new turn', async () => {
    const service = await run(offline());
    await service.up();
    await bench.consumerMade();
    const id = bench.session.start();
    await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
    bench.model.setPace(25, 0);
    bench.model.setRules({ reply: { text: 'An answer that takes a second to be told, word for word, to its end.' } });
    bench.session.say(id, 'Tell me');
    await until(() => bench.drafts.some((draft) => draft.sessionId === id));
    service.child.kill('SIGTERM');
    await until(() => service.output.text.includes('"msg":"stopping"'));
    const late = bench.session.start();
    expect(await service.exited).toBe(0);
    bench.model.setPace(0);
    bench.model.reset();
    expect(bench.session.answers(id)).toMatchObject([{ content: expect.stringContaining('to its end.') }]);
    expect(bench.session.of(id).worker).toBeUndefined();
    expect(bench.session.entries(late)).toHaveLength(1);
    // [S5]
    expect(service.output.text).not.toMatch(/Tell me|to its end/);
  });

  it('[O1] killed in the middle of an answer, another process gives it', async () => {
    const first = await run(offline());
    await first.up();
    await bench.consumerMade();
    const id = bench.session.start();
    await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
    bench.model.setRules({ behaviour: 'hang', times: 1 }, { reply: { text: 'Here I am.' } });
    bench.session.say(id, 'Hello?');
    await until(() => bench.model.counts.running === 1);
    first.child.kill('SIGKILL');
    await first.exited;
    // The lease of the dead one, 15 s, is not waited for here.
    bench.session.loseLease(id);
    bench.session.setSince(id, new Date(Date.now() - 6_000));
    const second = await bench.startService();
    await until(() => bench.session.answers(id).length === 1);
    // Else it might take the turn of the next test.
    await second.stop();
    bench.model.reset();
  });

  it('[O3] one broken answer fails one turn: logged with its session, and the model stays available', async () => {
    const service = await run(offline());
    await service.up();
    await bench.consumerMade();
    const id = bench.session.start();
    await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
    bench.model.setRules({ behaviour: 'cut-mid-stream', reply: { text: 'The Aurora lamp costs 49 euros.' } });
    bench.session.say(id, 'What does it cost?');
    await until(() => bench.session.of(id).session.status === 'waiting', { what: 'the handoff' });
    expect(await service.health()).toMatchObject({ status: 'up', parts: { model: { status: 'up' } } });
    const line = await until(() => service.output.text.split('\n').find((text) => text.includes('"level":"warn"')));
    expect(JSON.parse(line)).toMatchObject({
      sessionId: id,
      via: 'cut_off',
      detail: expect.stringContaining('the answer broke off'),
      msg: 'the model gave no answer in this turn; its customer was handed to a human',
    });
    expect(service.output.text).not.toContain('the model is unavailable');
    service.child.kill('SIGTERM');
    await service.exited;
    bench.model.reset();
  });

  it('[O3] reports a wrong key in health and log, and never the key itself', async () => {
    const guarded = await startOfflineModel({ apiKey: 'sk-right' });
    const service = await run({ OPENAI_BASE_URL: guarded.baseUrl, OPENAI_API_KEY: 'sk-wrong-key' });
    await service.up();
    await until(async () => (await service.health()).parts.model?.status === 'down');
    const health = await service.health();
    expect(health).toMatchObject({
      status: 'degraded',
      parts: { nats: { status: 'up' }, model: { detail: expect.stringContaining('OPENAI_API_KEY (401') } },
    });
    expect(service.output.text).toContain('check OPENAI_API_KEY');
    expect(service.output.text + JSON.stringify(health)).not.toContain('sk-wrong-key');
    expect(await service.metrics()).toContain('baton_ai_turns_under_way{service="ai"} 0');
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    await guarded.close();
  });

  it.each<[string, string, RegExp, Record<string, string>]>([
    [
      'a model that was taken away',
      'is no longer supported',
      /OPENAI_MODEL \(400 model_decommissioned\): “The model `m` is no longer supported/,
      {},
    ],
    ['an address that lacks nothing but a server', '', /check OPENAI_BASE_URL \(404\)/, { path: '/elsewhere' }],
  ])(
    '[O3] every chat is refused, as of %s: down in its own words, told once, and measured',
    async (_, words, detail, { path }) => {
      const refusing = await startModelServer();
      const refuse = () =>
        openAiError()(`The model \`m\` ${words}, as ${KEY} knows.`, { code: 'model_decommissioned' });
      refusing.speak({ ...vendors.groq, ...(path && { path }), rules: [refuse] });
      const service = await run({ OPENAI_BASE_URL: `${refusing.origin}/v1`, OPENAI_MODEL: 'm', OPENAI_API_KEY: KEY });
      await service.up();
      await bench.consumerMade();
      await until(async () => (await service.health()).parts.model?.status === 'down', { what: 'health to be down' });
      for (const _ of [1, 2, 3, 4]) {
        const id = bench.session.start();
        await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
        bench.session.say(id, 'PRIVATE words');
        await until(() => bench.session.of(id).session.status === 'waiting', { what: 'the handoff' });
      }
      const health = await service.health();
      expect(health).toMatchObject({
        status: 'degraded',
        parts: { model: { status: 'down', detail: expect.stringMatching(detail) } },
      });
      expect(service.output.text.match(/the model is unavailable/g)).toHaveLength(1);
      expect(await service.metrics()).toContain('baton_ai_model_available{service="ai"} 0');
      expect(service.output.text + JSON.stringify(health)).not.toMatch(/sk-test|PRIVATE/);
      service.child.kill('SIGTERM');
      await service.exited;
      await refusing.close();
    },
  );

  it('[O3] an address without its path, or with too much of it: reported at the start and in health, and used', async () => {
    const server = await startModelServer();
    server.speak(vendors.groq);
    server.say({ text: 'We open at nine.' });
    for (const [baseUrl, note] of [
      [server.origin, 'OPENAI_BASE_URL lacks /v1: it is added'],
      [`${server.baseUrl}/chat/completions`, 'OPENAI_BASE_URL ends with /chat/completions, which is left out'],
    ] as const) {
      const service = await run({ OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: 'm' });
      await service.up();
      await until(async () => (await service.health()).parts.model?.notes?.includes(note), { what: note });
      expect(service.output.text).toContain(note);
      expect((await service.health()).parts.model?.status).toBe('up');
      service.child.kill('SIGTERM');
      await service.exited;
    }
    await server.close();
  });

  it.each([
    [{}, 'OPENAI_API_KEY: must be set'],
    [{ OPENAI_BASE_URL: 'localhost:11434' }, 'OPENAI_BASE_URL: must be a URL'],
    [{ OPENAI_API_KEY: 'k', KNOWLEDGE_DIR: '/nowhere' }, 'KNOWLEDGE_DIR: must be the path of a folder'],
    [{ OPENAI_API_KEY: 'k', TURN_TIMEOUT_MS: 'soon' }, 'TURN_TIMEOUT_MS: must be a whole number'],
  ])('does not start with %o, and says in one line why', async (env, line) => {
    const service = await run(env);
    expect(await service.exited).toBe(78);
    expect(service.output.text).toContain(line);
    expect(service.output.text.trim().split('\n')).toHaveLength(1);
  });
});
