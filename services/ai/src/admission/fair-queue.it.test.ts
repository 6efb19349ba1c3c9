import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';
import { type LimitedModel, startLimitedModel } from '../../test/limited-model.ts';

const space = await testSpace();
let bench: Bench;
let model: LimitedModel | undefined;

beforeAll(async () => {
  bench = await createBench(space);
});
afterAll(() => bench.stop());
const services: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
  await model?.close();
  bench.model.reset();
});
const startService = async (env: Record<string, string>) => void services.push(await bench.startService(env));

const greeted = async (source: string) => {
  const id = bench.session.start({ source });
  await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
  return id;
};
const statusOf = (id: string) => bench.session.of(id).session.status;
const settled = (id: string) => bench.session.answers(id).length > 0 || statusOf(id) !== 'bot';

it("[S6] [A1] two customers whom the endpoint refuses for their rate decide nobody else's turn", async () => {
  model = await startLimitedModel({ perSecond: 4 });
  await startService({
    OPENAI_BASE_URL: model.baseUrl,
    MODEL_WAIT_MS: '10000',
    TURN_TIMEOUT_MS: '30000',
  });
  const burst = await Promise.all(Array.from({ length: 20 }, (_, n) => greeted(`mallory.m${n % 2}`)));
  const others = await Promise.all(Array.from({ length: 6 }, (_, n) => greeted(`c${n}.c${n}`)));
  for (const id of burst) bench.session.say(id, 'Answer me!');
  await until(() => model?.calls.some(({ againAt }) => againAt !== undefined), { what: 'the first refusal' });
  const start = performance.now();
  for (const id of others) bench.session.say(id, 'Where is my order?');
  await until(() => others.every(settled), { within: 15_000, what: 'an end for the six others' });
  expect(others.map(statusOf)).toEqual(Array(6).fill('bot'));
  // They were one of seven lines, not behind twenty.
  expect(performance.now() - start).toBeLessThan(6_000);
  await until(() => burst.every(settled), { within: 15_000 });
});

it("[S6] [A1] a rate limit that outlasts a turn's wait is handed off, and the agent is told why", async () => {
  bench.model.setRules({ behaviour: 'rate-limited' });
  await startService({ MODEL_WAIT_MS: '500' });
  const id = await greeted('ann.ann');
  bench.session.say(id, 'Where is my order?');
  await until(() => statusOf(id) === 'waiting', { what: 'the handoff' });
  expect(bench.session.of(id).brief).toMatchObject({ tried: expect.stringContaining('limits the rate of requests') });
  expect(bench.model.counts.received).toBe(1);
});

it("[S6] a process that can do four turns at once gives one customer's flood a part of them", async () => {
  model = await startLimitedModel({ answerAfterMs: 1_000 });
  await startService({ OPENAI_BASE_URL: model.baseUrl, MAX_TURNS: '4', BURST_QUIET_MS: '0' });
  const flood = await Promise.all(Array.from({ length: 30 }, (_, n) => greeted(`mallory.m${n % 5}`)));
  const ann = await greeted('ann.ann');
  for (const id of flood) bench.session.say(id, 'Answer me!');
  await until(() => (model?.calls.length ?? 0) >= 2);
  const start = performance.now();
  bench.session.say(ann, 'Where is my order?');
  await until(() => bench.session.answers(ann).length === 1, { what: 'the answer to Ann' });
  // Behind all thirty she would have waited for more than ten seconds.
  expect(performance.now() - start).toBeLessThan(4_000);
});
