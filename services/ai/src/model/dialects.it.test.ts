import { aiApi } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { type ModelServer, startModelServer, vendors } from '@baton/testkit/model-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';

/* Whole turns against endpoints of other dialects: what customers read, what is stored, and who comes. */

const space = await testSpace();
let bench: Bench;
let server: ModelServer;

beforeAll(async () => {
  bench = await createBench(space);
  server = await startModelServer();
});
afterAll(async () => {
  await bench.stop();
  await server.close();
});

async function chat(text: string, env: Record<string, string> = {}) {
  const service = await bench.startService({ OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'm', ...env });
  const id = bench.session.start();
  await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
  bench.session.say(id, text);
  await until(() => bench.session.answers(id).length > 0 || bench.session.of(id).session.status !== 'bot');
  await until(() => bench.session.of(id).worker === undefined, { what: 'the lease given back' });
  const drafts = bench.drafts.filter((draft) => draft.sessionId === id).map((draft) => draft.text);
  const found = { id, drafts, answers: bench.session.answers(id), it: bench.session.of(id) };
  return { ...found, stop: () => service.stop() };
}

describe('[A1] an endpoint of another dialect', () => {
  it('thinks aloud: the thoughts are neither shown nor stored', async () => {
    server.speak(vendors['ollama, no tools']);
    server.say({ thoughts: 'SECRET thoughts about the hours.', text: 'We open at nine. 😀' });
    const { drafts, answers, it: session, stop } = await chat('When do you open?');
    expect(answers).toMatchObject([{ content: 'We open at nine. 😀' }]);
    expect(JSON.stringify([drafts, session.entries])).not.toMatch(/SECRET|think|\ufffd/);
    for (const draft of drafts) expect('We open at nine. 😀'.startsWith(draft)).toBe(true);
    await stop();
  });

  it('thinks without end: handed off at the time limit of the turn', async () => {
    server.speak(vendors.deepseek);
    function* endless() {
      for (;;) yield* [`data: ${JSON.stringify({ choices: [{ delta: { reasoning_content: 'hm ' } }] })}\n\n`, 100];
    }
    server.send({ pieces: endless() }, { pieces: endless() }, { pieces: endless() });
    const start = performance.now();
    const { it: session, drafts, stop } = await chat('When do you open?', { MODEL_CAPABILITIES: '{"trial": false}' });
    expect(session.entries.at(-1)).toMatchObject({ change: { cause: 'bot_failed' } });
    // Longer than any timeout of a silence, and not than the turn has.
    expect(performance.now() - start).toBeGreaterThan(4_900);
    expect(drafts).toEqual([]);
    await stop();
  });

  it('[A3] supports no tools, and its model calls one in its text: handed off, and the call is not shown', async () => {
    server.speak(vendors['vllm, Gemma 2']);
    server.say({
      text: 'One moment.',
      calls: [{ name: 'transfer_to_agent', arguments: { reason: 'asks', priority: 'high' } }],
    });
    const { drafts, it: session, stop } = await chat('My order burns.');
    expect(session.session.status).toBe('waiting');
    expect(session.entries.at(-1)).toMatchObject({ change: { cause: 'bot_transferred', reason: 'asks' } });
    expect(JSON.stringify([drafts, session.entries])).not.toContain('tool_call');
    await stop();
  });

  it('[A3] supports no tools, and its model promises a human: handed off', async () => {
    server.speak(vendors['ollama, no tools']);
    server.say({ text: "I'm connecting you with a human agent now." });
    const { it: session, stop } = await chat('My order burns.');
    expect(session.entries.at(-1)).toMatchObject({ change: { cause: 'bot_transferred' } });
    await stop();
  });

  it('[A3] supports no tools, and its model overlooks a request for a human: handed off', async () => {
    server.speak(vendors['gemini, Gemma']);
    server.say({ text: 'Certainly!' });
    const { it: session, stop } = await chat('I want to talk to a human');
    expect(session.session.status).toBe('waiting');
    expect(session.entries.at(-1)).toMatchObject({ change: { cause: 'bot_transferred' } });
    await stop();
  });

  it('a tool is called in the text, and its result is part of a message', async () => {
    server.speak(vendors['vllm, Gemma 2']);
    const usesTool = { calls: [{ name: 'write_poem', arguments: { topic: 'tea' } }] };
    // The trial at the start is the first that asks.
    const answerTo = ({ messages }: { messages: readonly { content?: unknown }[] }) => {
      const told = JSON.stringify(messages);
      if (told.includes('tool_response')) return { text: 'Here it is: Steam.' };
      return told.includes('Write a poem.') ? { text: 'Steam.' } : usesTool;
    };
    server.say(answerTo);
    const { answers, stop } = await chat('A poem about tea, please');
    expect(answers).toMatchObject([
      { content: 'Here it is: Steam.', metadata: { tools: [{ name: 'write_poem', outcome: 'ok' }] } },
    ]);
    expect(JSON.stringify(server.requests.at(-1)?.messages)).toContain('Steam.');
    await stop();
  });

  it('gets one trial before the first customer, so that no customer waits for what is learnt', async () => {
    server.speak(vendors['llama.cpp']);
    server.say({ text: 'We open at nine.' });
    const service = await bench.startService({ OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'm' });
    const ai = bench.bus.caller(aiApi);
    const described = await until(async () => {
      const reply = await ai.model({});
      return reply.ok && reply.value.notes.length >= 2 && reply.value.can.beginsWithThoughts === false
        ? reply.value
        : undefined;
    });
    expect(described).toMatchObject({
      model: 'm',
      endpoint: server.baseUrl,
      available: true,
      can: { tools: 'described', order: 'strict' },
    });
    const before = server.requests.length;
    const id = bench.session.start();
    await until(() => bench.session.entries(id).length === 2);
    bench.session.say(id, 'When do you open?');
    await until(() => bench.session.answers(id).length > 0);
    expect(server.requests.length - before).toBe(1);
    // [O3]
    const health = await ai.health({});
    expect(health.ok && health.value.parts.model).toMatchObject({ status: 'up', notes: described.notes });
    await service.stop();
  });
});

it('a conversation that is too long for the model goes on, and older entries go into its memory', async () => {
  server.speak(vendors.vllm);
  server.say({ text: 'Noted.' });
  const service = await bench.startService({
    OPENAI_BASE_URL: server.baseUrl,
    OPENAI_MODEL: 'm',
    CONTEXT_TOKENS: '20000',
  });
  const id = bench.session.start();
  await until(() => bench.session.entries(id).length === 2);
  for (let turn = 1; turn <= 8; turn++) {
    bench.session.say(id, `Message ${turn}: ${'many words '.repeat(150)}`);
    await until(() => bench.session.answers(id).length === turn, { what: `answer ${turn}` });
  }
  await until(() => bench.session.of(id).memory !== null, { what: 'the memory' });
  expect(server.refused.length).toBeLessThanOrEqual(3);
  await service.stop();
});
