import { randomUUID } from 'node:crypto';
import { startSystem, until } from '@baton/testkit';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { bareClient, type Received } from '../clients/bare-client.ts';
import { byHand } from './by-hand.ts';

/** The methods of the guide's four services, by its arguments and its examples, over NATS. */
const system = await startSystem();
const { nats, ask, call } = await byHand(system);
const redis = new Redis(system.space.redisUrl);
const key = (name: string) => `${system.space.redisPrefix}${name}`;
afterAll(async () => {
  redis.disconnect();
  await nats.close();
});

const createSession = async (userId: string, botContext?: unknown, metadata?: object) =>
  (await call('session.create', { userId, botContext, metadata })).session;
const getSession = async (sessionId: string) => (await call('session.get', { sessionId })).session;
const addMessage = async (sessionId: string, content: string, author: object): Promise<Received> =>
  (await call('session.append', { sessionId, author, messages: [{ content }] })).results[0];
const createAgent = async (socketId: string, name: string, metadata?: object) =>
  (await call('session.createAgent', { socketId, name, metadata })).agent;
const addToQueue = (sessionId: string, reason: string, priority: string, metadata?: object) =>
  call('queue.add', { sessionId, reason, priority, metadata });
const anAgent = () => createAgent('socket', 'Ann');

describe('DatabaseService', () => {
  it('createSession, addMessage: the example, word for word', async () => {
    const session = await createSession('user123', 'You are a helpful support bot', { customerType: 'premium' });
    expect(session).toMatchObject({
      userId: 'user123',
      status: 'bot',
      botContext: 'You are a helpful support bot',
      metadata: { customerType: 'premium' },
    });
    const message = await addMessage(session.id, 'Hello, I need help', { type: 'customer' });
    expect(message).toMatchObject({ ok: true, value: { entry: { content: 'Hello, I need help', sender: 'user' } } });
  });

  it('addMessage as every sender; getSessionMessages, getSessionMessageCount', async () => {
    const { id } = await createSession('ada');
    const agent = await anAgent();
    await call('session.transfer', { sessionId: id, reason: 'help', priority: 'normal' });
    await addMessage(id, 'as a customer', { type: 'customer' });
    await addMessage(id, 'as a service', { type: 'system' });
    const { session } = await call('session.assign', { sessionId: id, agentId: agent.id });
    await addMessage(id, 'as an agent', { type: 'agent', agentId: agent.id });
    const refused = await ask('session.append', {
      sessionId: id,
      author: { type: 'bot', epoch: session.epoch },
      messages: [{ content: 'as the bot, while an agent has it' }],
    });
    expect(refused).toMatchObject({ ok: false, code: 'STALE_EPOCH' });

    const { entries } = await call('session.listEntries', { sessionId: id });
    const said = entries.filter(({ sender, kind }: Received) => kind === 'message' && sender !== 'bot');
    expect(said.map(({ sender, content }: Received) => [sender, content])).toEqual([
      ['user', 'as a customer'],
      ['system', 'as a service'],
      ['agent', 'as an agent'],
    ]);
    const count = await call('session.countEntries', { sessionId: id });
    expect(count).toMatchObject({ total: entries.length, user: 1, agent: 1, system: 1 });
  });

  it('addMessage as the bot', async () => {
    const { id, epoch } = await createSession('ada');
    const message = await addMessage(id, 'as the bot', { type: 'bot', epoch });
    expect(message).toMatchObject({ ok: true, value: { entry: { sender: 'bot', content: 'as the bot' } } });
  });

  it('getSession, updateSessionStatus, closeSession', async () => {
    const { id } = await createSession('ada');
    const agent = await anAgent();
    const update = async (status: string, agentId?: string) =>
      (await call('session.changeStatus', { sessionId: id, status, agentId })).session;
    expect(await update('waiting')).toMatchObject({ id, status: 'waiting' });
    expect(await update('agent', agent.id)).toMatchObject({ id, status: 'agent', assignedAgent: agent.id });
    expect(await getSession(id)).toMatchObject({ status: 'agent', agentName: 'Ann' });
    expect((await call('session.close', { sessionId: id })).session.status).toBe('closed');
    expect(await getSession(id)).toMatchObject({ status: 'closed' });
    expect(await ask('session.get', { sessionId: randomUUID() })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });

  it('createAgent, getAgent, getAvailableAgents, assignSessionToAgent', async () => {
    const agent = await createAgent('socket-1', 'Grace', { team: 'billing' });
    expect(agent).toMatchObject({ socketId: 'socket-1', name: 'Grace', metadata: { team: 'billing' } });
    expect((await call('session.getAgent', { agentId: agent.id })).agent).toEqual(agent);
    expect((await call('session.listAgents')).agents.map(({ id }: Received) => id)).toContain(agent.id);
    const { id } = await createSession('ada');
    await call('session.transfer', { sessionId: id, reason: 'help', priority: 'normal' });
    const assigned = await ask('session.assign', { sessionId: id, agentId: agent.id });
    expect(assigned).toMatchObject({ ok: true, value: { session: { assignedAgent: agent.id } } });
  });

  it('getSystemStats, cleanupOldSessions', async () => {
    expect((await call('session.stats')).totalSessions).toBeGreaterThan(0);
    expect(await call('session.cleanup', { olderThanDays: 30 })).toEqual({ deleted: 0 });
  });
});

describe('QueueService', () => {
  it('addToQueue and getNextInQueue: the example, word for word', async () => {
    const { id } = await createSession('user123', 'You are a helpful support bot', { customerType: 'premium' });
    const entry = { reason: 'Technical issue with premium account', priority: 'high' };
    await addToQueue(id, entry.reason, entry.priority, { customerTier: 'premium' });
    const { next } = await call('queue.next');
    expect(next).toMatchObject({ sessionId: id, ...entry, metadata: { customerTier: 'premium' } });
    expect(new Date(next.requestedAt).toISOString()).toBe(next.requestedAt);
    // What has been put in line by hand waits by the record, too, and is shown to agents with all it was given.
    expect(await getSession(id)).toMatchObject({ status: 'waiting' });
    const { sessions } = await waitingSessions();
    expect(sessions[0]).toMatchObject({ id, queueInfo: { ...entry, metadata: { customerTier: 'premium' } } });

    const agent = await anAgent();
    const claimed = await call('queue.claim', { agentId: agent.id });
    expect(claimed).toMatchObject({ session: { id }, wait: { ...entry, metadata: { customerTier: 'premium' } } });
    expect(await call('queue.next')).toEqual({ next: null });
  });

  it('addToQueue of what cannot wait is refused, and says why', async () => {
    const asked = { reason: 'Technical issue with premium account', priority: 'high' };
    const noSession = await ask('queue.add', { sessionId: 'session-123', ...asked });
    expect(noSession).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'sessionId' });
    expect(await ask('queue.add', { sessionId: randomUUID(), ...asked })).toMatchObject({ code: 'NOT_FOUND' });
    const { id } = await createSession('ada');
    await call('session.close', { sessionId: id });
    expect(await ask('queue.add', { sessionId: id, ...asked })).toMatchObject({ code: 'SESSION_CLOSED' });
    expect(await call('queue.length')).toMatchObject({ total: 0 });
  });

  it('getQueuePosition, getQueueLength, getWaitingSessions, getQueueStats, debugQueue, healthCheck', async () => {
    const [low, high] = [await createSession('ada'), await createSession('bob')];
    await addToQueue(low.id, 'later', 'low');
    await addToQueue(high.id, 'now', 'high');
    expect(await call('queue.position', { sessionId: low.id })).toMatchObject({ position: 2, waiting: 2 });
    expect(await call('queue.length')).toEqual({ high: 1, normal: 0, low: 1, total: 2 });
    const { waiting } = await call('queue.list');
    expect(waiting).toMatchObject([
      { sessionId: high.id, reason: 'now', position: 1, waitedSeconds: expect.any(Number) },
      { sessionId: low.id, reason: 'later', position: 2, waitedSeconds: expect.any(Number) },
    ]);
    expect(await call('queue.stats')).toMatchObject({ lengths: { total: 2 } });
    expect((await call('queue.debug')).queues).toMatchObject({ high: [{ sessionId: high.id }], normal: [] });
    expect((await call('queue.health')).status).toBe('up');
  });

  it('removeFromQueue takes out of line; who still waits by the record comes back', async () => {
    const { waiting } = await call('queue.list');
    const { sessionId } = waiting[0];
    expect(await call('queue.remove', { sessionId })).toEqual({ removed: true });
    const isBack = async () => (await ask('queue.position', { sessionId })).ok;
    await until(isBack, { within: 10_000 });
  });

  it('clearQueue gives back to the bot, and says how many', async () => {
    expect(await call('queue.clear')).toEqual({ cleared: 2 });
    expect(await call('queue.next')).toEqual({ next: null });
  });
});

describe('ChatService', () => {
  it('createSession, transferToQueue, getWaitingSessions, assignSessionToAgent, getSessionWithMessages', async () => {
    const { id } = await createSession('user123', 'You are a helpful support bot', { customerType: 'premium' });
    await call('session.transfer', { sessionId: id, reason: 'Customer requested human agent', priority: 'normal' });
    const waits = async () => {
      const { sessions } = await waitingSessions();
      return sessions.find((one: Received) => one.id === id);
    };
    expect(await until(waits)).toMatchObject({
      botContext: 'You are a helpful support bot',
      queueInfo: { reason: 'Customer requested human agent', priority: 'normal', position: 1 },
    });
    const agent = (await call('session.createAgent', { socketId: 's', name: 'Ann', metadata: { room: 4 } })).agent;
    await call('session.assign', { sessionId: id, agentId: agent.id });
    const { session, entries } = await call('session.getWithEntries', { sessionId: id });
    expect(session).toMatchObject({ id, status: 'agent', assignedAgent: agent.id });
    expect(entries.at(-1)).toMatchObject({ kind: 'event', change: { to: 'agent', agentName: 'Ann' } });
    expect((await call('session.close', { sessionId: id })).session.status).toBe('closed');
  });

  it('addAgent, getAvailableAgent, removeAgent', async () => {
    const others = (await call('session.listAgents', { available: false })).agents;
    for (const { id } of others) await call('session.removeAgent', { agentId: id });
    expect(await call('session.availableAgent')).toEqual({ agent: null });
    const agent = await createAgent('socket-2', 'Edsger', { room: 7 });
    expect((await call('session.availableAgent')).agent).toEqual(agent);
    await call('session.removeAgent', { agentId: agent.id });
    expect(await call('session.availableAgent')).toEqual({ agent: null });
  });

  it('getStats, healthCheck', async () => {
    expect((await call('session.stats')).sessionsByStatus.closed).toBeGreaterThan(0);
    expect((await call('session.health')).status).toBe('up');
  });
});

it('OpenAIService: who wants to speak with a human is handed off, and subscribers are told', async () => {
  const { id } = await createSession('ada');
  const heard: Received[] = [];
  nats.subscribe(`${system.space.subjectRoot}.event.${id}.control`, {
    callback: (_, message) => void heard.push(message.json()),
  });
  await nats.flush();
  await addMessage(id, 'I want to speak with a human', { type: 'customer' });
  const event = await until(() => heard.find(({ to }) => to === 'waiting'), { within: 20_000 });
  expect(event).toMatchObject({ sessionId: id, cause: 'bot_transferred', priority: 'normal' });
  expect((await call('session.get', { sessionId: id })).wait.reason).toEqual(expect.any(String));
});

it('Redis: chat:queue:{high,normal,low}, chat:queue_metadata, chat:active_sessions', async () => {
  await call('queue.clear');
  for (const priority of ['high', 'normal', 'low']) {
    const { id } = await createSession('ada');
    await addToQueue(id, 'Technical issue', priority, { customerTier: 'premium' });
    expect(await redis.zrange(key(`queue:${priority}`), '0', '-1')).toEqual([id]);
    const entry = JSON.parse((await redis.hget(key('queue_metadata'), id)) ?? '');
    expect(entry).toMatchObject({ reason: 'Technical issue', priority, metadata: { customerTier: 'premium' } });
  }
  const agent = await anAgent();
  const { session } = await call('queue.claim', { agentId: agent.id });
  await until(async () => (await redis.smembers(key('active_sessions'))).join() === session.id, { within: 10_000 });
  await call('session.close', { sessionId: session.id });
  await until(async () => (await redis.scard(key('active_sessions'))) === 0, { within: 10_000 });
});

/** `getWaitingSessions` of the chat service: a look at what supervisors and agents are shown. */
async function waitingSessions(): Promise<Received> {
  const supervisor = bareClient(system.urls[0] ?? '');
  try {
    return (await supervisor.ask('admin:list_waiting')).value;
  } finally {
    supervisor.close();
  }
}
