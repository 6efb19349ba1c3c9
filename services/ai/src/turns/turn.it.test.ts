import { channels } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';

const space = await testSpace();
let bench: Bench;

beforeAll(async () => {
  bench = await createBench(space);
  await bench.startService({ MAX_TURNS: '30' });
});
afterAll(() => bench.stop());
afterEach(() => bench.model.reset());

/** A session that has been greeted. */
async function greeted(about: Parameters<Bench['session']['start']>[0] = {}): Promise<string> {
  const id = bench.session.start(about);
  await until(() => bench.session.entries(id).some((entry) => entry.metadata.greeting), { what: 'the greeting' });
  return id;
}
const statusOf = (id: string) => bench.session.of(id).session.status;

describe('a turn', () => {
  it('greets at once, without the model', async () => {
    const id = await greeted();
    expect(bench.session.entries(id)).toMatchObject([
      { seq: 1, kind: 'event' },
      { seq: 2, sender: 'bot', inReplyTo: 1, content: expect.stringContaining('AI assistant') },
    ]);
    expect(bench.model.counts.received).toBe(0);
  });

  it('answers, and keeps model, usage and times with the answer', async () => {
    const id = await greeted();
    const asked = bench.session.say(id, 'Hello, who are you?');
    const [answer] = await until(() => bench.session.answers(id).length === 1 && bench.session.answers(id));
    expect(answer).toMatchObject({
      inReplyTo: asked.seq,
      clientMessageId: `turn:${asked.seq}`,
      metadata: {
        model: 'baton-offline',
        usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
        firstTokenMs: expect.any(Number),
        totalMs: expect.any(Number),
      },
    });
    expect(statusOf(id)).toBe('bot');
  });

  it('[M6] shows the answer growing: cumulative, fenced and ended', async () => {
    bench.model.setPace(60);
    const id = await greeted();
    bench.model.setRules({ reply: { text: 'One two three four five six seven eight nine ten eleven twelve.' } });
    const asked = bench.session.say(id, 'Count, please');
    await until(() => bench.session.answers(id).length === 1);
    const of = () => bench.drafts.filter((draft) => draft.sessionId === id);
    await until(() => of().at(-1)?.ended);
    bench.model.setPace(0);
    const drafts = of();
    expect(drafts.length).toBeGreaterThan(3);
    for (const [index, draft] of drafts.entries()) {
      expect(draft).toMatchObject({ inReplyTo: asked.seq, epoch: 1, turnId: drafts[0]?.turnId });
      expect(draft.text.startsWith(drafts[index - 1]?.text ?? '')).toBe(true);
    }
    expect(drafts.filter(({ ended }) => ended)).toHaveLength(1);
    expect(drafts.at(-1)?.text).toBe(bench.session.answers(id)[0]?.content);
    const typings = bench.typings.filter((typing) => typing.sessionId === id);
    expect(typings[0]).toMatchObject({ sender: 'bot', active: true });
    await until(() => bench.typings.findLast((typing) => typing.sessionId === id)?.active === false);
  });
});

describe('[A2] one answer', () => {
  it('answers a burst together', async () => {
    const id = await greeted();
    bench.model.setRules({ behaviour: 'echo' });
    for (const text of ['First part.', 'Second part.', 'Third part.']) {
      bench.session.say(id, text);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await until(() => bench.session.answers(id).length > 0);
    await until(() => bench.session.of(id).worker === undefined);
    expect(bench.session.answers(id)).toMatchObject([
      { content: 'You said: First part. Second part. Third part.', inReplyTo: 5 },
    ]);
    expect(bench.model.counts.received).toBe(1);
  });

  it('starts afresh for what comes before the first word', async () => {
    const id = await greeted();
    bench.model.setRules({ behaviour: 'slow-first-token-600', times: 1 }, { behaviour: 'echo' });
    bench.session.say(id, 'One.');
    await until(() => bench.model.counts.received === 1);
    bench.session.say(id, 'Two.');
    await until(() => bench.session.answers(id).length > 0);
    expect(bench.session.answers(id)).toMatchObject([{ content: 'You said: One. Two.', inReplyTo: 4 }]);
    await until(() => bench.model.counts.clientLeft === 1, { what: 'the first request being left' });
  });

  it('finishes an answer that has begun, and answers what came meanwhile next', async () => {
    const id = await greeted();
    bench.model.setPace(30, 0);
    bench.model.setRules(
      { reply: { text: 'An answer of some ten words that takes a while.' }, times: 1 },
      { behaviour: 'echo' },
    );
    bench.session.say(id, 'One.');
    await until(() => bench.drafts.some((draft) => draft.sessionId === id));
    bench.session.say(id, 'Two.');
    await until(() => bench.session.answers(id).length === 2);
    bench.model.setPace(0);
    expect(bench.session.answers(id)).toMatchObject([
      { content: 'An answer of some ten words that takes a while.', inReplyTo: 3 },
      { content: 'You said: Two.', inReplyTo: 4 },
    ]);
  });

  it('gives one answer with two services, doubled events and pokes', async () => {
    const other = await bench.startService();
    const ids = await Promise.all(Array.from({ length: 12 }, () => greeted()));
    for (const id of ids) {
      const { seq } = bench.session.say(id, `Hello from ${id}`);
      const { epoch } = bench.session.of(id).session;
      const asked = { sessionId: id, seq, epoch, at: new Date().toISOString() };
      for (let copy = 0; copy < 3; copy++) bench.bus.publish(channels.bot.asked, { session: id }, asked);
      bench.nats.publish(`${bench.subjects.root}.ai.poke`, JSON.stringify({ sessionId: id }));
    }
    await until(() =>
      ids.every((id) => bench.session.answers(id).length > 0 && bench.session.of(id).worker === undefined),
    );
    await other.stop();
    for (const id of ids) expect(bench.session.answers(id)).toHaveLength(1);
  });

  it('a customer who writes before the greeting is answered once, and greeted at most once', async () => {
    bench.model.setRules({ behaviour: 'echo' });
    const ids = Array.from({ length: 8 }, () => bench.session.start());
    for (const [index, id] of ids.entries()) {
      // From before the greeting to after it.
      await new Promise((resolve) => setTimeout(resolve, index * 2));
      bench.session.say(id, 'Me first!');
    }
    await until(() =>
      ids.every((id) => bench.session.answers(id).length > 0 && bench.session.of(id).worker === undefined),
    );
    for (const id of ids) {
      expect(bench.session.answers(id)).toMatchObject([{ content: 'You said: Me first!' }]);
      const greetings = bench.session.entries(id).filter((entry) => entry.metadata.greeting);
      expect(greetings.length).toBeLessThanOrEqual(1);
    }
  });

  it('more customers than turns at once: all are answered', async () => {
    const ids = Array.from({ length: 120 }, () => bench.session.start());
    for (const id of ids) bench.session.say(id, `Hello from ${id}`);
    await until(() => ids.every((id) => bench.session.answers(id).length > 0), { within: 45_000 });
    for (const id of ids) expect(bench.session.answers(id)).toHaveLength(1);
  });

  it('finds what no event told of', async () => {
    const id = await greeted();
    bench.session.loseEvents(true);
    bench.session.say(id, 'Is anybody there?');
    bench.session.setSince(id, new Date(Date.now() - 6_000));
    bench.session.loseEvents(false);
    await until(() => bench.session.entries(id).length > 3);
  });
});
