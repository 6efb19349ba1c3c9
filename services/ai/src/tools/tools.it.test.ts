import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AiApi } from '@baton/contracts';
import { aiApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';

const space = await testSpace();
const knowledge = mkdtempSync(join(tmpdir(), 'baton-knowledge-'));
const orderCalls: { args: Record<string, unknown>; context: Record<string, unknown> }[] = [];
let bench: Bench;
let ai: Caller<AiApi>;

beforeAll(async () => {
  writeFileSync(join(knowledge, 'shop.md'), '# Shop\n\n## Delivery\n\nParcels arrive on the third Tuesday.\n');
  bench = await createBench(space);
  ai = bench.bus.caller(aiApi);
  await serveTools();
  await bench.startService({ KNOWLEDGE_DIR: knowledge });
  await until(async () => (await tools()).length === 4, { what: 'the discovered tool' });
});
afterAll(async () => {
  await bench.stop();
  rmSync(knowledge, { recursive: true });
});
afterEach(() => {
  bench.model.reset();
  orderCalls.length = 0;
});

/** As docs/tools.md says: a plain NATS micro service. */
async function serveTools() {
  const { nats, subjects } = bench;
  const service = await nats.services.add({ name: 'orders', version: '1.0.0', metadata: { root: subjects.root } });
  const request = JSON.stringify({
    type: 'object',
    properties: { orderId: { type: 'string', minLength: 3 } },
    required: ['orderId'],
    additionalProperties: false,
  });
  service.addEndpoint('order_status', {
    subject: `${subjects.root}.orders.status`,
    metadata: { 'baton.tool': '1', summary: 'State of an order.', request },
    handler: (_, message) => {
      orderCalls.push(message.json());
      message.respond(JSON.stringify({ ok: true, value: { state: 'sent' } }));
    },
  });
  service.addEndpoint('broken_tool', { subject: `${subjects.root}.orders.broken`, metadata: { 'baton.tool': '1' } });
  service.addEndpoint('no_tool', { subject: `${subjects.root}.orders.none` });
}

const tools = async () => {
  const reply = await ai.tools({});
  return reply.ok ? reply.value.tools : [];
};
async function ask(text: string, about: Parameters<typeof bench.session.start>[0] = VERIFIED) {
  const id = bench.session.start(about);
  await until(() => bench.session.entries(id).length === 2);
  bench.session.say(id, text);
  await until(() => bench.session.answers(id).length > 0 || bench.session.of(id).session.status !== 'bot');
  return id;
}
const metadata = { verified: true, orders: 'all of them' };
/** What the site has signed, beside what any page can say. */
const VERIFIED = { userId: 'customer-7', metadata, customer: { id: 'customer-7', name: 'Ada' } };
const calling = (name: string, args: unknown) => ({ reply: { toolCalls: [{ name, arguments: args }] }, times: 1 });

describe('tools', () => {
  it('are listed with their schemas, those found on NATS too', async () => {
    const listed = await tools();
    expect(listed.map(({ name }) => name).sort()).toEqual([
      'order_status',
      'search_knowledge',
      'transfer_to_agent',
      'write_poem',
    ]);
    expect(listed.find(({ name }) => name === 'order_status')).toMatchObject({
      description: 'State of an order.',
      parameters: { properties: { orderId: { type: 'string' } } },
    });
    for (const { parameters } of listed) expect(JSON.stringify(parameters)).not.toMatch(/sessionId|userId/);
  });

  it('[A4] acts for the session and customer that the server knows, whatever the model says', async () => {
    bench.model.setRules(calling('order_status', { orderId: 'A-100' }), { reply: { text: 'It was sent.' } });
    const id = await ask('Where is my order?');
    expect(orderCalls).toEqual([
      {
        args: { orderId: 'A-100' },
        context: {
          sessionId: id,
          unansweredSeq: 3,
          verified: true,
          customerId: 'customer-7',
          userId: 'customer-7',
          name: 'Ada',
          unproven: { metadata },
        },
      },
    ]);
    expect(bench.session.answers(id)).toMatchObject([
      { content: 'It was sent.', metadata: { tools: [{ name: 'order_status', outcome: 'ok' }] } },
    ]);
    const [, second] = bench.model.requests;
    expect(second?.messages.at(-1)).toMatchObject({
      role: 'tool',
      text: '<data from="tool order_status">\n{"state":"sent"}\n</data>',
    });
  });

  it('[A4] nothing that nobody has proven reaches a tool as known', async () => {
    bench.model.setRules(calling('order_status', { orderId: 'A-100' }), { reply: { text: 'Please sign in.' } });
    const stranger = { userId: 'victim@example.com', metadata: { verified: true } };
    const id = await ask('Where is my order?', stranger);
    expect(orderCalls).toEqual([
      {
        args: { orderId: 'A-100' },
        context: { sessionId: id, unansweredSeq: 3, verified: false, customerId: null, unproven: stranger },
      },
    ]);
    const told = bench.model.requests[0]?.messages ?? [];
    expect(told[0]?.text).toContain('Nobody has proven who this customer is.');
    expect(told.map(({ text }) => text)).toContain(
      '<data from="the page about this customer, metadata, not verified">\n{"verified":true}\n</data>',
    );
  });

  it("[A4] another's session named in the arguments is refused or ignored", async () => {
    const victim = bench.session.start();
    const forged = { sessionId: victim, userId: 'someone-else', context: { sessionId: victim } };
    bench.model.setRules(calling('order_status', { orderId: 'A-100', ...forged }), { reply: { text: 'Sorry.' } });
    await ask('Where is my order?');
    expect(orderCalls).toEqual([]);

    const transfer = { reason: 'Forged.', priority: 'high', summary: 'Forged.', ...forged };
    bench.model.setRules(calling('transfer_to_agent', transfer));
    const id = await ask('Hand me over');
    await until(() => bench.session.of(id).session.status === 'waiting');
    expect(bench.session.of(victim).session.status).toBe('bot');
    expect(bench.session.of(id).brief).not.toHaveProperty('sessionId');
  });

  it('invalid arguments are told to the model once', async () => {
    bench.model.setRules(calling('order_status', { orderId: 7 }), calling('order_status', { orderId: 'A-100' }), {
      reply: { text: 'It was sent.' },
    });
    const id = await ask('Where is my order?');
    expect(bench.session.answers(id)).toMatchObject([{ content: 'It was sent.' }]);
    expect(bench.model.requests[1]?.messages.at(-1)).toMatchObject({
      role: 'tool',
      text: expect.stringContaining('do not fit'),
    });
  });

  it('and the second time handed off', async () => {
    bench.model.setRules({ reply: { toolCalls: [{ name: 'order_status', arguments: { orderId: 7 } }] } });
    const id = await ask('Where is my order?');
    await until(() => bench.session.of(id).session.status === 'waiting');
    expect(bench.model.counts.received).toBe(2);
  });

  it('search_knowledge finds what the operator wrote', async () => {
    bench.model.setRules(calling('search_knowledge', { query: 'when does delivery arrive' }), {
      reply: { text: 'On the third Tuesday.' },
    });
    const id = await ask('When will it arrive?');
    expect(bench.model.requests[1]?.messages.at(-1)).toMatchObject({ text: expect.stringContaining('third Tuesday') });
    expect(bench.session.answers(id)).toHaveLength(1);
  });

  it('the offline model writes a poem on request', async () => {
    const id = await ask('Write me a poem about rain, please');
    expect(bench.session.answers(id)).toMatchObject([
      { content: expect.stringMatching(/rain/i), metadata: { tools: [{ name: 'write_poem', outcome: 'ok' }] } },
    ]);
  });

  it('writePoem answers requests over NATS', async () => {
    const reply = await ai.writePoem({ topic: 'lanterns', style: 'haiku' });
    expect(reply).toMatchObject({ ok: true, value: { poem: expect.stringMatching(/\S/) } });
    bench.model.setRules({ behaviour: 'error-401' });
    expect(await ai.writePoem({ topic: 'lanterns' })).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  });
});
