import { testSpace, until } from '@baton/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';

const space = await testSpace();
let bench: Bench;

beforeAll(async () => {
  bench = await createBench(space);
  await bench.startService({ CONTEXT_TOKENS: '1500' });
});
afterAll(() => bench.stop());

/** Forty turns, of which the first says what only a summary can keep. */
const longAgo = Array.from({ length: 80 }, (_, index) =>
  index === 0
    ? 'My name is Zebulon and my order number is 778899.'
    : `Remark number ${index}: ${'the quick brown fox jumps over the lazy dog '.repeat(3)}`,
);

it('[A5] what no longer fits is summarised, kept, and shown to the model next time', async () => {
  const id = bench.session.start();
  await until(() => bench.session.entries(id).length === 2);
  bench.session.fill(id, longAgo);
  bench.session.say(id, 'Hello again');
  await until(
    () => bench.session.of(id).memory !== null && bench.session.answers(id).some(({ inReplyTo }) => inReplyTo),
  );
  const { memory, memoryThroughSeq } = bench.session.of(id);
  expect(memory).toContain('778899');
  expect(memoryThroughSeq).toBeGreaterThan(40);
  const chat = bench.model.requests.find(({ tools }) => tools.length > 0);
  expect(JSON.stringify(chat?.messages)).not.toContain('778899');

  bench.model.reset();
  bench.session.say(id, 'Thank you');
  await until(() => bench.session.answers(id).filter(({ inReplyTo }) => inReplyTo).length === 2);
  const [next] = bench.model.requests;
  expect(next?.messages[1]).toMatchObject({
    role: 'user',
    text: expect.stringMatching(/^<data from="summary [\s\S]*778899[\s\S]*<\/data>$/),
  });
  expect(bench.model.counts.received).toBe(1);
});

it('without a summary the answer comes all the same', async () => {
  const id = bench.session.start();
  await until(() => bench.session.entries(id).length === 2);
  bench.session.fill(id, longAgo);
  bench.model.setRules({ behaviour: 'error-400', whenIncludes: 'Remark number' }, { reply: { text: 'Hello.' } });
  bench.session.say(id, 'Hello again');
  await until(() => bench.session.answers(id).some(({ content }) => content === 'Hello.'));
  await until(() => bench.session.of(id).worker === undefined);
  expect(bench.session.of(id).memory).toBeNull();
});
