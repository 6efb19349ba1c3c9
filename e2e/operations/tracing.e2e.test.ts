import { createChat } from '@baton/client';
import { startSystem, until } from '@baton/testkit';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { fromSender, startChat } from '../clients/scenarios.ts';
import { type CollectedSpan, startCollector } from './otlp-collector.ts';

const collector = await startCollector();
afterAll(collector.stop);
const system = await startSystem({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, LOG_LEVEL: 'debug' } });
const [door = ''] = system.urls;

const names = (spans: readonly CollectedSpan[]) => spans.map(({ service, name }) => `${service}: ${name}`);

/** The spans that hang on none of the others. */
function rootsOf(spans: readonly CollectedSpan[]): CollectedSpan[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
}

/** Waits for one tree with all of these: services end their spans at different moments, and send them each second. */
const treeOf = async (traceId: string, ...wanted: string[]) => {
  const spans = await until(
    () => {
      const found = collector.ofTrace(traceId);
      return wanted.every((name) => names(found).includes(name)) && rootsOf(found).length === 1 && found;
    },
    { within: 30_000, what: `one tree with ${wanted.join(', ')}` },
  );
  return { spans, root: rootsOf(spans)[0] };
};

it('[O4] one message, one tree: from the client that sent it to the answer that it is shown', async () => {
  const { customer, sessionId } = await startChat(door, 'ada');
  onTestFinished(() => void customer.close());
  await customer.until('message:received', fromSender('bot'));
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const ofClient = 'b7ad6b7169203331';
  const asked = await customer.ask('customer:send_message', {
    sessionId,
    content: 'Hello, who are you?',
    traceparent: `00-${traceId}-${ofClient}-01`,
  });
  expect(asked).toMatchObject({ ok: true, traceId });
  const { seq } = asked.value.message;
  await customer.until('message:received', (entry) => entry.sender === 'bot' && entry.seq > seq, 20_000);

  const shown = () => names(collector.ofTrace(traceId)).filter((name) => name === 'gateway: show entry');
  await until(() => shown().length === 2, { within: 20_000, what: 'the message and the answer, shown' });
  const { spans, root } = await treeOf(traceId, 'ai: turn', 'ai: session.endTurn', 'session: session.endTurn');
  expect(root).toMatchObject({ service: 'gateway', name: 'customer:send_message', parentSpanId: ofClient });
  expect(names(spans)).toEqual(
    expect.arrayContaining([
      'gateway: session.append',
      'session: session.append',
      'session: postgres append',
      'ai: turn',
      'ai: session.beginTurn',
      'session: session.beginTurn',
      'ai: model',
      'ai: session.append',
      'gateway: show entry',
    ]),
  );
  expect(spans.length).toBeGreaterThanOrEqual(8);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  for (const service of [...system.gateways, ...system.sessions, ...system.ais]) {
    const line = service.log.find((text) => text.includes(traceId));
    expect(line, `${service.name} names the trace in a log line`).toBeDefined();
  }
});

it('[O4] the client begins the trace, and a handoff is part of it, through the queue', async () => {
  const chat = createChat({ url: door, userId: 'grace' });
  onTestFinished(() => chat.close());
  await chat.start();
  await until(() => chat.state.items.some(({ kind }) => kind === 'message'), { within: 20_000, what: 'the greeting' });
  const seen = new Set(collector.spans.map(({ spanId }) => spanId));
  chat.send('I want to talk to a human please');
  await until(() => chat.state.session?.status === 'waiting', { within: 20_000, what: 'the handoff' });
  const sent = await until(
    () => collector.spans.find(({ name, spanId }) => name === 'customer:send_message' && !seen.has(spanId)),
    { within: 10_000 },
  );
  const { spans, root } = await treeOf(
    sent.traceId,
    'queue: event control',
    'session: session.get',
    'session: session.endTurn',
  );
  // Its parent is a step of the client's own, which nobody has recorded.
  expect(root).toMatchObject({
    name: 'customer:send_message',
    parentSpanId: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(names(spans)).toEqual(expect.arrayContaining(['ai: tool', 'session: session.transfer', 'queue: session.get']));
  for (const service of system.queues)
    expect(service.log.some((text) => text.includes('"level":"debug"') && text.includes(sent.traceId))).toBe(true);
});

it('[O4] messages that are gathered into one request keep each its own trace, and are told in it', async () => {
  const { customer, sessionId } = await startChat(door, 'linus');
  onTestFinished(() => void customer.close());
  await customer.until('message:received', fromSender('bot'));
  const traceIds = ['1', '2', '3'].map((digit) => digit.repeat(32));
  const asked = await Promise.all(
    traceIds.map((traceId) =>
      customer.ask('customer:send_message', {
        sessionId,
        content: `message ${traceId[0]}`,
        traceparent: `00-${traceId}-${'a'.repeat(16)}-01`,
      }),
    ),
  );
  expect(asked.map((reply) => reply.traceId)).toEqual(traceIds);
  for (const [index, traceId] of traceIds.entries()) {
    const steps = ['gateway: customer:send_message', 'session: postgres append', 'gateway: show entry'];
    const { root } = await treeOf(traceId, ...steps);
    expect(root, `message ${index + 1}`).toMatchObject({ name: 'customer:send_message' });
  }
});
