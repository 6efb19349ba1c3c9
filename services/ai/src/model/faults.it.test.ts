import { type OfflineModel, startOfflineModel } from '@baton/offline-model';
import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';

const space = await testSpace();
let bench: Bench;

beforeAll(async () => {
  bench = await createBench(space);
});
afterAll(() => bench.stop());
afterEach(() => bench.model.reset());

/** Longest time that any of the faults may take with the limits of the bench, and a margin. */
const DEADLINE_MS = 8_000;

/** Asks with a service of its own, so that one fault does not open the circuit for the next. */
async function ask(text: string, env: Record<string, string> = {}) {
  const service = await bench.startService(env);
  const id = bench.session.start();
  await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
  const start = performance.now();
  bench.session.say(id, text);
  await until(() => bench.session.answers(id).length > 0 || bench.session.of(id).session.status !== 'bot', {
    within: DEADLINE_MS,
    what: 'an answer or a handoff',
  });
  await until(() => bench.session.of(id).worker === undefined, { what: 'the lease given back' });
  const took = performance.now() - start;
  await service.stop();
  const drafts = bench.drafts.filter((draft) => draft.sessionId === id);
  return { id, took, drafts, answers: bench.session.answers(id), it: bench.session.of(id) };
}

describe('[A1] whatever the model does, there is an answer or a human', () => {
  const handingOff = [
    'slow-first-token-9000',
    'slow-tokens-900',
    'hang',
    'reset',
    'error-400',
    'error-401',
    'error-403',
    'error-404',
    'error-500',
    'error-503',
    'rate-limited',
    'out-of-quota',
    'stall-mid-stream',
    'cut-mid-stream',
    'end-mid-stream',
    'error-mid-stream',
    'empty',
    'content-filter',
    'unknown-tool',
    'tool-loop',
  ];
  const wordsSeen = ['slow-tokens-900', ...handingOff.filter((name) => name.endsWith('-mid-stream'))];
  it.each(handingOff)('%s: hands off, says so, and leaves no draft', async (behaviour) => {
    const reply = { text: 'The Aurora lamp costs 49 euros. Anything else that I can do for you?' };
    bench.model.setRules({ behaviour, ...(wordsSeen.includes(behaviour) && { reply }) });
    const { it, answers, drafts } = await ask('What does the Aurora lamp cost?');
    expect(it.session.status).toBe('waiting');
    expect(it.entries.at(-1)).toMatchObject({
      kind: 'event',
      change: { cause: 'bot_failed', reason: expect.stringContaining('human') },
    });
    expect(it.brief).toMatchObject({
      priority: 'normal',
      customerWants: 'What does the Aurora lamp cost?',
      summary: expect.stringContaining('Customer: What does the Aurora lamp cost?'),
      tried: expect.stringContaining('but'),
    });
    expect(answers).toEqual([]);
    expect(drafts.length > 0, 'words were seen').toBe(wordsSeen.includes(behaviour));
    if (wordsSeen.includes(behaviour)) expect(drafts.at(-1)?.ended).toBe(true);
  });

  it.each(['garbage-tool-call', 'invalid-tool-arguments', 'two-tool-calls'])(
    '%s: a handoff is not lost to how it was asked for',
    async (behaviour) => {
      bench.model.setRules({ behaviour });
      const { it } = await ask('What does the Aurora lamp cost?');
      expect(it.session.status).toBe('waiting');
      expect(it.entries.at(-1)).toMatchObject({ change: { cause: 'bot_transferred' } });
      expect(it.brief).toMatchObject({ summary: expect.any(String), customerWants: expect.any(String) });
    },
  );

  it('an endless answer is cut off and handed off', async () => {
    bench.model.setRules({ behaviour: 'babble' });
    const { it } = await ask('Tell me a lot');
    expect(it.entries.at(-1)).toMatchObject({ change: { cause: 'bot_failed' } });
  });

  it('an answer that reaches its limit stays as far as it was shown, and is marked', async () => {
    bench.model.setRules({
      behaviour: 'length',
      reply: { text: `First sentence. ${'Second one goes on and on '.repeat(3)}.` },
    });
    const { answers } = await ask('Tell me a lot');
    expect(answers).toMatchObject([
      { content: 'First sentence. Second one goes on and on…', metadata: { cut: 'length' } },
    ]);
  });

  it('an endpoint that nobody listens on', async () => {
    const gone: OfflineModel = await startOfflineModel();
    await gone.close();
    const { it } = await ask('Hello', { OPENAI_BASE_URL: gone.baseUrl });
    expect(it.entries.at(-1)).toMatchObject({ change: { cause: 'bot_failed' } });
    expect(it.brief).toMatchObject({ tried: expect.stringContaining('cannot be reached (ECONNREFUSED)') });
  });

  it.each(['error-500', 'reset', 'rate-limited', 'empty', 'end-mid-stream'])(
    '%s once: asked again before a word was seen',
    async (behaviour) => {
      const rules = [
        { behaviour, times: 1, ...(behaviour === 'end-mid-stream' && { reply: { text: '' } }) },
        { reply: { text: 'All is well.' } },
      ];
      bench.model.setRules(...rules);
      const { answers } = await ask('Hello', { FIRST_TOKEN_TIMEOUT_MS: '4000' });
      expect(answers).toMatchObject([{ content: 'All is well.' }]);
    },
  );

  it('does not let every customer wait for a model that is down', async () => {
    bench.model.setRules({ behaviour: 'hang' });
    const service = await bench.startService();
    const ids = Array.from({ length: 4 }, () => bench.session.start());
    await until(() => ids.every((id) => bench.session.entries(id).length === 2));
    for (const id of ids.slice(0, 3)) bench.session.say(id, 'Hello?');
    await until(() => ids.slice(0, 3).every((id) => bench.session.of(id).session.status === 'waiting'));
    const [last = ''] = ids.slice(3);
    const start = performance.now();
    bench.session.say(last, 'Hello?');
    await until(() => bench.session.of(last).session.status === 'waiting');
    expect(performance.now() - start).toBeLessThan(1_000);
    await service.stop();
  });

  it('keeps a finished answer while the session service is away', async () => {
    bench.session.fail('append', 3);
    const service = await bench.startService();
    const id = bench.session.start();
    await until(() => bench.session.entries(id).length === 2, { what: 'the greeting, after three failures' });
    await service.stop();
  });
});
