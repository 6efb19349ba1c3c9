import { testSpace, until } from '@baton/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, createBench } from '../../../test/ai-service.ts';
import { type LimitedModel, startLimitedModel } from '../../../test/limited-model.ts';

const space = await testSpace();
let bench: Bench;
let model: LimitedModel;

beforeAll(async () => {
  bench = await createBench(space);
  model = await startLimitedModel({ reply: ({ last }) => ({ content: `You wrote: ${last}` }) });
});
afterAll(async () => {
  await bench.stop();
  await model.close();
});

it('[S9] the model is asked without what is private; the customer and the log have it', async () => {
  await bench.startService({ OPENAI_BASE_URL: model.baseUrl, REDACT: 'all' });
  const id = bench.session.start({ metadata: { phone: '+49 30 1234567' } });
  bench.session.say(id, 'I am ada@example.com and paid with 4111 1111 1111 1111.');
  await until(() => bench.session.answers(id).length > 0, { what: 'the answer' });
  bench.session.say(id, 'Write to ada@example.com!');
  await until(() => bench.session.answers(id).length > 1, { what: 'the second answer' });

  // Before the first customer, a trial.
  expect(model.calls.map(({ last }) => last).slice(-2)).toEqual([
    'I am [email 1] and paid with [card 1].',
    'Write to [email 1]!',
  ]);
  for (const { body } of model.calls) expect(body).not.toMatch(/ada@|4111|1234567/);
  expect(bench.session.answers(id).map(({ content }) => content)).toEqual([
    'You wrote: I am ada@example.com and paid with 4111 1111 1111 1111.',
    'You wrote: Write to ada@example.com!',
  ]);
  for (const { text } of bench.drafts) expect(text).not.toMatch(/\[(?:email|card)/);
});
