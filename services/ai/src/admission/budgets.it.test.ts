import { type AiApi, aiApi, type OverBudget } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';
import { type LimitedModel, startLimitedModel } from '../../test/limited-model.ts';

const space = await testSpace();
let bench: Bench;
let ai: Caller<AiApi>;
let model: LimitedModel | undefined;
const services: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  bench = await createBench(space);
  ai = bench.bus.caller(aiApi);
});
afterAll(() => bench.stop());
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
  await model?.close();
  model = undefined;
  bench.session.budget(() => undefined);
  bench.session.taken.length = 0;
  bench.session.settled.length = 0;
});

/** A service with the budgets that hold by default, which the offline model's name would switch off. */
async function start(options: Parameters<typeof startLimitedModel>[0] = {}, env: Record<string, string> = {}) {
  model = await startLimitedModel(options);
  const service = await bench.startService({ OPENAI_BASE_URL: model.baseUrl, OPENAI_MODEL: 'paid', ...env });
  services.push(service);
  // What the service asks to know the endpoint is no customer's.
  await until(async () => (await ai.health({})).ok);
  await new Promise((resolve) => setTimeout(resolve, 300));
  model.calls.length = 0;
  return { model, service };
}
const greeted = async (about: Parameters<typeof bench.session.start>[0] = {}) => {
  const id = bench.session.start({ source: 'ann.ann', ...about });
  await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
  return id;
};
const settled = (id: string) =>
  until(() => {
    const { session, worker } = bench.session.of(id);
    return (session.status !== 'bot' || bench.session.answers(id).length > 0) && worker === undefined;
  });
const call = (name: string, args: object, n: number) => ({
  index: n,
  id: `call_${n}`,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});
const poems = Array.from({ length: 32 }, (_, n) => call('write_poem', { topic: `lamp ${n}` }, n));

describe('[S6] [A1] one message', () => {
  it('causes eight calls of the model at most, however many poems the model asks for', async () => {
    const { model } = await start({ reply: ({ tools }) => (tools ? { tool_calls: poems } : { content: 'A poem.' }) });
    const id = await greeted();
    bench.session.say(id, 'Write me thirty-two poems, and then again!');
    await settled(id);
    expect(model.calls.length).toBeLessThanOrEqual(8);
    expect(model.calls.filter(({ tools }) => !tools)).toHaveLength(1);
  });

  it('that needs more is handed off, and the agent is told why', async () => {
    const { model } = await start(
      { reply: ({ tools }) => (tools ? { tool_calls: [call('search', {}, 0)] } : { content: 'A poem.' }) },
      { BUDGET_MESSAGE_CALLS: '1' },
    );
    const id = await greeted();
    bench.session.say(id, 'Where is my order?');
    await settled(id);
    expect(model.calls).toHaveLength(1);
    expect(bench.session.entries(id).at(-1)).toMatchObject({ change: { to: 'waiting', cause: 'bot_failed' } });
    expect(bench.session.of(id).brief).toMatchObject({
      priority: 'normal',
      tried: expect.stringContaining('one message: 1 calls'),
    });
  });

  it('can be denied poems by a setting', async () => {
    await start({}, { WRITE_POEM: 'false' });
    const reply = await ai.tools({});
    expect(reply.ok && reply.value.tools.map(({ name }) => name)).not.toContain('write_poem');
  });
});

describe('[S6] budgets', () => {
  it('are checked before each call, and settled at the end of a turn', async () => {
    const { model } = await start({
      reply: ({ last, tools }) =>
        tools && last === 'A poem, please' ? { tool_calls: [poems[0]] } : { content: 'An answer.' },
    });
    const id = await greeted();
    bench.session.say(id, 'A poem, please');
    await settled(id);
    // To the customer, for the poem, and with the poem.
    expect(model.calls).toHaveLength(3);
    const { taken, settled: done } = bench.session;
    expect(taken.map(({ sessionId, messageSeq }) => [sessionId, messageSeq])).toEqual(Array(3).fill([id, 3]));
    expect(taken[0]).toMatchObject({
      waitMs: 3_000,
      windowMs: 63_000,
      budgets: {
        message: { callsPerDay: 8 },
        address: { callsPerMinute: 60, callsPerDay: 1_500 },
        all: { callsPerDay: 10_000, tokensPerDay: 20_000_000 },
      },
    });
    const setAside = taken.reduce((sum, { tokens }) => sum + tokens, 0);
    expect(done).toEqual([{ sessionId: id, tokens: 3 * 110 - setAside }]);
  });

  it('count greetings in a persona, summaries, and requests over NATS', async () => {
    const { model } = await start({}, { CONTEXT_TOKENS: '1500' });
    const id = await greeted({ botContext: 'You are Max.' });
    expect(bench.session.taken.map(({ sessionId }) => sessionId)).toEqual([id]);
    bench.session.fill(
      id,
      Array.from({ length: 80 }, () => 'the quick brown fox jumps over the lazy dog '.repeat(4)),
    );
    bench.session.say(id, 'Hello again');
    await until(() => bench.session.of(id).memory !== null);
    expect(bench.session.taken).toHaveLength(3);
    await ai.writePoem({ topic: 'lamps' });
    await ai.generateGreeting({ botContext: 'You are Max.' });
    await ai.generateResponse({ sessionId: id, messages: [{ sender: 'user', content: 'Hi' }] });
    expect(bench.session.taken.slice(3).map(({ sessionId }) => sessionId)).toEqual([undefined, undefined, id]);
    expect(model.calls).toHaveLength(6);
  });

  const over = (scope: OverBudget['scope'], limit: OverBudget['limit']): OverBudget => ({
    ...{ scope, limit },
    retryAfterMs: 60_000,
  });
  it.each([
    ['address', 'callsPerMinute', 'low', "this customer's network address: 60 calls a minute"],
    ['customer', 'tokensPerDay', 'low', 'this customer: 1000000 tokens a day'],
    ['chat', 'callsPerDay', 'normal', 'this chat: 150 calls a day'],
  ] as const)('of a %s that is used up: a human, who is told why, and the customer is not', async (...about) => {
    const [scope, limit, priority, why] = about;
    const { model, service } = await start();
    const id = await greeted();
    bench.session.budget(() => over(scope, limit));
    bench.session.say(id, 'Where is my order?');
    await settled(id);
    expect(model.calls).toEqual([]);
    const entry = bench.session.entries(id).at(-1);
    expect(entry).toMatchObject({
      change: {
        to: 'waiting',
        cause: 'bot_failed',
        reason: 'The assistant may not answer any more for now, so a human takes over.',
      },
    });
    expect(bench.session.of(id).brief).toMatchObject({ priority, tried: expect.stringContaining(why) });
    const text = await service.metrics.registry.metrics();
    expect(text).toContain(`baton_ai_budget_refusals_total{budget="${scope}",limit="${limit}",service="ai"} 1`);
    expect(text).toContain('baton_ai_budget_ceiling_reached{service="ai"} 0');
    // No trouble of the model, and no ceiling.
    expect(await ai.health({})).toMatchObject({ ok: true, value: { parts: { budget: { status: 'up' } } } });
  });

  it('the ceiling of the day: humans answer, a metric is raised, and health says so, without an end to the service', async () => {
    const { model, service } = await start();
    const ids = [await greeted(), await greeted(), await greeted()];
    bench.session.budget(() => over('all', 'tokensPerDay'));
    for (const id of ids) bench.session.say(id, 'Where is my order?');
    for (const id of ids) await settled(id);
    expect(ids.map((id) => bench.session.of(id).session.status)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(model.calls).toEqual([]);
    expect(await service.metrics.registry.metrics()).toContain('baton_ai_budget_ceiling_reached{service="ai"} 1');
    expect(await ai.health({})).toMatchObject({
      ok: true,
      value: {
        status: 'degraded',
        parts: {
          model: { status: 'up' },
          budget: { status: 'degraded', detail: expect.stringContaining('20000000 tokens a day') },
        },
      },
    });
    // A new chat is greeted all the same, in the fixed words when the bot has a persona.
    const greetedAnyway = await greeted({ botContext: 'You are Max.' });
    expect(bench.session.of(greetedAnyway).session.status).toBe('bot');
  });
});
