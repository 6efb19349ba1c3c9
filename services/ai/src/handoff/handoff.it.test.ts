import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';
import { STAYS_WITH_BOT } from './handoff.ts';

const space = await testSpace();
let bench: Bench;

beforeAll(async () => {
  bench = await createBench(space);
  await bench.startService();
});
afterAll(() => bench.stop());
afterEach(() => bench.model.reset());

async function greeted(about: Parameters<Bench['session']['start']>[0] = {}): Promise<string> {
  const id = bench.session.start(about);
  await until(() => bench.session.entries(id).some((entry) => entry.metadata.greeting), { what: 'the greeting' });
  return id;
}
const settled = (id: string) =>
  until(() => bench.session.of(id).worker === undefined, { what: 'the lease given back' });
const waiting = async (id: string) => {
  await until(() => bench.session.of(id).session.status === 'waiting', { what: 'the handoff' });
  await settled(id);
};

describe('[A3] handing off', () => {
  it('the typed tool carries reason, priority and brief', async () => {
    const id = await greeted();
    const args = {
      reason: 'You asked for a human.',
      priority: 'high',
      highBecause: 'danger',
      summary: 'The lamp of the customer smokes.',
      customerWants: 'to talk to a human',
      mood: 'upset',
      language: 'en',
    };
    bench.model.setRules({ reply: { toolCalls: [{ name: 'transfer_to_agent', arguments: args }] } });
    bench.session.say(id, 'Get me a human!');
    await waiting(id);
    expect(bench.session.entries(id).at(-1)).toMatchObject({
      change: { cause: 'bot_transferred', reason: 'You asked for a human.' },
    });
    const { reason: _, highBecause: __, ...brief } = args;
    expect(bench.session.of(id).brief).toEqual(brief);
    expect(bench.session.answers(id)).toEqual([]);
  });

  it('the offline model hands off when asked for a human', async () => {
    const id = await greeted();
    bench.session.say(id, 'I want to talk to a human please');
    await waiting(id);
    expect(bench.session.entries(id).at(-1)).toMatchObject({ change: { cause: 'bot_transferred' } });
  });

  it('text and a tool call: the text first, then the handoff', async () => {
    const id = await greeted();
    const call = { name: 'transfer_to_agent', arguments: { reason: 'As asked.', priority: 'low', summary: 'Asked.' } };
    bench.model.setRules({ reply: { text: 'Gladly, here comes a human.', toolCalls: [call] } });
    bench.session.say(id, 'A human, please');
    await waiting(id);
    expect(bench.session.entries(id).slice(-2)).toMatchObject([
      { kind: 'message', sender: 'bot', content: 'Gladly, here comes a human.' },
      { kind: 'event', change: { cause: 'bot_transferred', reason: 'As asked.' } },
    ]);
    await until(() => bench.drafts.findLast((draft) => draft.sessionId === id)?.ended);
  });

  it('an answer that promises a human without the tool makes it happen', async () => {
    const id = await greeted();
    bench.model.setRules({ behaviour: 'promises-human-without-tool' });
    bench.session.say(id, 'My lamp is broken');
    await waiting(id);
    expect(bench.session.entries(id).slice(-2)).toMatchObject([
      { kind: 'message', sender: 'bot', content: expect.stringContaining("I'll connect you") },
      { kind: 'event', change: { cause: 'bot_transferred' } },
    ]);
  });

  it('[S6] [A1] without room in the queue the session stays with the bot, is told so, and goes on', async () => {
    for (const rule of [
      { reply: { toolCalls: [{ name: 'transfer_to_agent', arguments: { reason: 'Urgent!', summary: 'Urgent.' } }] } },
      { behaviour: 'promises-human-without-tool' },
      { behaviour: 'empty' },
    ]) {
      const id = await greeted();
      bench.session.crowded.add(id);
      bench.model.setRules(rule);
      bench.session.say(id, 'A human, at once!');
      await until(() => bench.session.of(id).unansweredSeq === undefined);
      await settled(id);
      expect(bench.session.entries(id).at(-1)).toMatchObject({ sender: 'bot', content: STAYS_WITH_BOT });
      expect(bench.session.of(id).session.status).toBe('bot');
      bench.model.setRules({ reply: { text: 'I am still here.' } });
      bench.session.say(id, 'Then tell me yourself');
      await until(() => bench.session.entries(id).at(-1)?.content === 'I am still here.');
    }
  });

  it('an offer of a human is only an offer', async () => {
    const id = await greeted();
    bench.model.setRules({ reply: { text: 'I can connect you with a human if you like.' } });
    bench.session.say(id, 'My lamp is broken');
    await until(() => bench.session.answers(id).length === 1);
    await settled(id);
    expect(bench.session.of(id).session.status).toBe('bot');
  });

  it('a handoff whose process died after its text is made by the next process', async () => {
    const id = await greeted();
    bench.model.setRules({ behaviour: 'promises-human-without-tool' });
    bench.session.fail('transfer', 1_000);
    bench.session.say(id, 'My lamp is broken');
    // As of a process that dies: its lease runs out, and its transfer never arrives.
    await until(() => bench.session.calls.some((call) => call.endpoint === 'transfer' && call.sessionId === id));
    const other = await bench.startService();
    const received = bench.model.counts.received;
    bench.session.loseLease(id);
    bench.session.fail('transfer', 0);
    await waiting(id);
    await other.stop();
    expect(bench.model.counts.received).toBe(received);
    expect(bench.session.answers(id)).toHaveLength(1);
  });
});

describe('[C2] control that moves on', () => {
  it('an answer under way is aborted: nothing is written, its draft ends, its request ends', async () => {
    const id = await greeted();
    bench.model.setPace(20, 0);
    bench.model.setRules({ reply: { text: 'A long answer that nobody will need in the end, as it goes on and on.' } });
    bench.session.say(id, 'Tell me something long');
    await until(() => bench.drafts.filter((draft) => draft.sessionId === id).length > 2);
    bench.session.move(id, 'waiting', 'customer_requested');
    await until(() => bench.drafts.findLast((draft) => draft.sessionId === id)?.ended, {
      what: 'the end of the draft',
    });
    await until(() => bench.model.counts.clientLeft === 1, { what: 'the request being left' });
    bench.model.setPace(0);
    expect(bench.session.answers(id)).toEqual([]);
    expect(bench.session.calls.filter((call) => call.endpoint === 'append' && call.sessionId === id)).toHaveLength(1);
  });

  it('a refused answer is dropped', async () => {
    const id = await greeted();
    bench.model.setRules({ behaviour: 'slow-first-token-300' });
    bench.session.say(id, 'Hello');
    await until(() => bench.model.counts.received === 1);
    // Moved without announcing it: only the write finds out.
    const { session } = bench.session.of(id);
    session.epoch++;
    session.status = 'agent';
    await settled(id);
    expect(bench.session.answers(id)).toEqual([]);
    expect(bench.drafts.findLast((draft) => draft.sessionId === id)?.ended).toBe(true);
  });

  it('back from waiting with something unanswered, it goes on', async () => {
    const id = await greeted();
    bench.session.move(id, 'waiting', 'customer_requested');
    bench.session.move(id, 'bot', 'nobody_available');
    bench.model.setRules({ behaviour: 'echo' });
    bench.session.say(id, 'Then you again.');
    await until(() => bench.session.answers(id).length === 1);
    expect(bench.session.answers(id)).toMatchObject([{ content: 'You said: Then you again.' }]);
  });
});
