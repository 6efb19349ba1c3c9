import { NO_ANSWER_NOW } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';

/** The customer waits for a human, and no agent is online. */
const space = await testSpace();
let bench: Bench;
beforeAll(async () => {
  bench = await createBench(space);
  await bench.startService();
});
afterAll(() => bench.stop());
afterEach(() => bench.model.reset());

async function alone(): Promise<string> {
  const id = bench.session.start();
  await until(() => bench.session.entries(id).some((entry) => entry.metadata.greeting), { what: 'the greeting' });
  bench.session.move(id, 'waiting', 'customer_requested');
  bench.session.standIn(id);
  return id;
}
const answered = (id: string, count = 1) => until(() => bench.session.answers(id).length === count);
/** What the model was asked last. */
const request = () => bench.model.requests.at(-1);

it('[A1] the bot answers, and knows that nobody is there to hand off to', async () => {
  const id = await alone();
  bench.session.say(id, 'When are you open?');
  await answered(id);
  expect(bench.session.answers(id)[0]?.content).toMatch(/open/i);
  expect(bench.session.of(id).session.status).toBe('waiting');
  const told = JSON.stringify(request());
  expect(told).toContain('No human agent is online');
  expect(told).not.toContain('transfer_to_agent');
});

it('[A1] words from before the handoff, which the bot left to a human, are answered too', async () => {
  const id = bench.session.start();
  await until(() => bench.session.entries(id).some((entry) => entry.metadata.greeting));
  bench.session.say(id, 'I want to talk to a human please');
  await until(() => bench.session.of(id).session.status === 'waiting');
  bench.session.standIn(id);
  await answered(id);
  expect(bench.session.answers(id)[0]?.inReplyTo).toBe(3);
  bench.session.say(id, 'I want to talk to a human please');
  await answered(id, 2);
  expect(bench.session.of(id).session).toMatchObject({ status: 'waiting', epoch: 2 });
});

it.each([
  ['gives none', { behaviour: 'empty' }, NO_ANSWER_NOW, true],
  [
    'hands off all the same, by a tool that it was not given',
    {
      reply: { toolCalls: [{ name: 'transfer_to_agent', arguments: { reason: 'x', priority: 'low', summary: 's' } }] },
    },
    NO_ANSWER_NOW,
    true,
  ],
  [
    'promises a human',
    { reply: { text: 'I am connecting you with a colleague.' } },
    'I am connecting you with a colleague.',
    undefined,
  ],
])('[A1] the customer has an answer also when the model %s', async (_, rules, content, noAnswer) => {
  const id = await alone();
  bench.model.setRules(rules);
  bench.session.say(id, 'And now?');
  await answered(id);
  const [answer] = bench.session.answers(id);
  expect(answer).toMatchObject({ content, inReplyTo: bench.session.entries(id).at(-2)?.seq });
  expect(answer?.metadata.noAnswer).toBe(noAnswer);
  expect(answer?.metadata.handover).toBeUndefined();
  expect(bench.session.of(id).session).toMatchObject({ status: 'waiting', epoch: 2 });
});

it('[C2] an answer under way is dropped when an agent is online, and when one takes the chat', async () => {
  for (const happens of ['online', 'taken'] as const) {
    const id = await alone();
    bench.model.setRules({ behaviour: 'slow-first-token-300' });
    const before = bench.model.counts.received;
    bench.session.say(id, 'Hello?');
    await until(() => bench.model.counts.received > before);
    if (happens === 'online') bench.session.endStandIn(id);
    else bench.session.move(id, 'agent', 'agent_assigned');
    await until(() => bench.drafts.findLast((draft) => draft.sessionId === id)?.ended ?? happens === 'taken');
    await until(() => bench.session.of(id).worker === undefined);
    expect(bench.session.answers(id)).toEqual([]);
  }
});
