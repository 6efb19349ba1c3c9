import { startSystem } from '@baton/testkit';
import { connect } from 'nats';
import { afterAll, expect, it } from 'vitest';
import { type BareClient, bareClient, type Received } from '../clients/bare-client.ts';

/**
 * The guide's events and their payloads, word for word, by a bare Socket.IO client that knows nothing else: one
 * connection each, without a login, as in development.
 */
const system = await startSystem();
const url = system.urls[0] ?? '';
const nats = await connect({ servers: system.space.natsUrl });
const open: BareClient[] = [];
afterAll(async () => {
  for (const client of open) client.close();
  await nats.close();
});

const PERSONA = 'You are a helpful support bot';
const connected = () => {
  const client = bareClient(url);
  open.push(client);
  return client;
};
const started = async (userId: string, botContext: unknown = PERSONA) => {
  const customer = connected();
  customer.emit('customer:start_chat', { userId, botContext, metadata: { customerType: 'premium' } });
  const { sessionId } = await customer.until('session:created');
  return { customer, sessionId: String(sessionId) };
};
const joined = async (name: string) => {
  const agent = connected();
  agent.emit('agent:join', { name });
  const { agentId } = await agent.until('agent:joined');
  return { agent, agentId };
};
const ofSession = (sessionId: string) => (queue: Received) =>
  queue.sessions.some((one: Received) => one.id === sessionId);
/** The guide's events in the order in which they came. */
const order = (client: BareClient, ...events: string[]) =>
  client.received.filter(({ event }) => events.includes(event)).map(({ event }) => event);

it('customer:start_chat → session:created → message:received, the greeting', async () => {
  const { customer, sessionId } = await started('user123');
  expect(await customer.until('session:created')).toMatchObject({
    sessionId,
    status: 'bot',
    session: { userId: 'user123', botContext: PERSONA, metadata: { customerType: 'premium' } },
  });
  const greeting = await customer.until('message:received');
  expect(greeting).toMatchObject({
    id: expect.any(String),
    sessionId,
    sender: 'bot',
    content: expect.stringMatching(/./),
    timestamp: expect.any(String),
    metadata: { greeting: true, persona: true },
  });
  expect(order(customer, 'session:created', 'message:received')).toEqual(['session:created', 'message:received']);
});

it('the greeting comes once, and before the first answer, also when the customer writes at once', async () => {
  const customer = connected();
  customer.socket.on('session:created', ({ sessionId }: Received) => {
    customer.emit('customer:send_message', { sessionId, content: 'Hello, I need help' });
  });
  customer.emit('customer:start_chat', { userId: 'hasty', botContext: PERSONA, metadata: {} });
  const isAnswer = ({ sender, metadata }: Received) => sender === 'bot' && metadata.greeting !== true;
  await customer.until('message:received', isAnswer, 20_000);
  const messages = customer.all('message:received');
  const fromBot = messages.filter(({ sender }) => sender === 'bot');
  expect(fromBot.map(({ metadata }) => metadata.greeting === true)).toEqual([true, false]);
  expect(messages.map(({ content }) => content)).toContain('Hello, I need help');
});

it('customer:send_message → the bot hands off → status:changed to the customer, queue:update to agents', async () => {
  const { agent } = await joined('Grace');
  const { customer, sessionId } = await started('user123');
  await customer.until('message:received');
  customer.emit('customer:send_message', { sessionId, content: 'I want to speak with a human' });
  expect(await customer.until('status:changed', ({ status }) => status === 'waiting', 20_000)).toMatchObject({
    status: 'waiting',
    change: { cause: 'bot_transferred', priority: 'normal' },
  });
  const update = await agent.until('queue:update', ofSession(sessionId));
  expect(update.total).toBe(1);
  expect(update.sessions).toMatchObject([
    {
      id: sessionId,
      botContext: PERSONA,
      metadata: { customerType: 'premium' },
      // The reason is for agents.
      queueInfo: { priority: 'normal', reason: expect.stringMatching(/./) },
    },
  ]);

  agent.emit('agent:pickup_session', { sessionId });
  const assigned = await agent.until('session:assigned', (one) => one.sessionId === sessionId);
  expect(assigned.session).toMatchObject({ id: sessionId, status: 'agent', botContext: PERSONA });
  expect(await customer.until('status:changed', ({ status }) => status === 'agent')).toMatchObject({
    agentName: 'Grace',
  });
  const after = await agent.until(
    'queue:update',
    (queue) => !ofSession(sessionId)(queue) && queue.timestamp > update.timestamp,
  );
  expect(after).toMatchObject({ sessions: [], total: 0 });

  agent.emit('agent:send_message', { sessionId, content: 'Grace here.' });
  await customer.until('message:received', ({ sender, content }) => sender === 'agent' && content === 'Grace here.');
  agent.emit('agent:close_session', { sessionId });
  expect(await customer.until('session:closed')).toMatchObject({ sessionId, closedBy: 'agent' });
  expect(order(customer, 'session:created', 'status:changed', 'session:closed')).toEqual([
    'session:created',
    'status:changed',
    'status:changed',
    'status:changed',
    'session:closed',
  ]);
  agent.close();
});

it('customer:end_chat → session:closed', async () => {
  const { customer, sessionId } = await started('user123', { page: '/pricing' });
  customer.emit('customer:end_chat', { sessionId });
  expect(await customer.until('session:closed')).toMatchObject({ sessionId, closedBy: 'user' });
});

it("admin:get_stats, admin:debug_queue and admin:health_check on an agent's dashboard, and on a customer's", async () => {
  const { agent } = await joined('Edsger');
  const { customer } = await started('user123');
  for (const client of [agent, customer]) {
    client.emit('admin:get_stats', {});
    client.emit('admin:debug_queue');
    client.emit('admin:health_check', {});
    expect(await client.until('stats:update')).toMatchObject({
      totalSessions: expect.any(Number),
      availableAgents: expect.any(Number),
    });
    expect(await client.until('queue:debug_info')).toMatchObject({
      queue: { lengths: { high: 0, normal: 0, low: 0 } },
      timestamp: expect.any(String),
    });
    expect(await client.until('health:status')).toMatchObject({
      overall: expect.stringMatching(/^(up|degraded)$/),
      database: { status: 'up' },
      queue: expect.any(Object),
    });
    expect(client.all('error')).toEqual([]);
  }
  // It is an agent still.
  expect(await agent.ask('agent:set_status', { status: 'busy' })).toMatchObject({ ok: true });
});

it('GET /health and GET /api/info', async () => {
  const answer = async (path: string): Promise<Received> => (await fetch(`${url}${path}`)).json();
  const health = await answer('/health');
  expect(health).toMatchObject({
    status: expect.stringMatching(/^(up|degraded)$/),
    services: { postgres: { status: 'up' } },
  });
  expect(Number.isNaN(Date.parse(health.timestamp))).toBe(false);
  expect(await answer('/api/info')).toMatchObject({
    name: expect.any(String),
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    features: expect.any(Object),
  });
});

it('generateGreeting and generateResponse over NATS, and what a transfer callback would be told', async () => {
  const { sessionId } = await started('user123');
  const root = system.space.subjectRoot;
  const ask = async (method: string, payload: unknown): Promise<Received> => {
    const reply: Received = (
      await nats.request(`${root}.ai.${method}`, JSON.stringify(payload), { timeout: 30_000 })
    ).json();
    expect(reply, method).toMatchObject({ ok: true });
    return reply.value;
  };
  expect(await ask('generateGreeting', { botContext: PERSONA })).toEqual({ content: expect.stringMatching(/./) });

  const question = { sender: 'user', content: 'Hello, who are you?' };
  const answer = await ask('generateResponse', { sessionId, messages: [question], botContext: PERSONA });
  expect(answer).toEqual({ content: expect.stringMatching(/./) });

  const told = nats.subscribe(`${root}.event.${sessionId}.control`, { max: 1, timeout: 20_000 });
  await nats.flush();
  const wish = { sender: 'user', content: 'I want to speak with a human' };
  const response = await ask('generateResponse', { sessionId, messages: [wish], botContext: PERSONA });
  expect(response).toMatchObject({ handoff: { reason: expect.stringMatching(/./), priority: 'normal' } });
  for await (const message of told)
    expect(message.json()).toMatchObject({ sessionId, to: 'waiting', cause: 'bot_transferred', priority: 'normal' });
});
