import { expect } from 'vitest';
import { type BareClient, bareClient, type Received } from './bare-client.ts';

/** Where customers and agents connect; with several gateways, to different ones. */
export interface Doors {
  customer: string;
  agent: string;
}

const isIsoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export async function startChat(
  url: string,
  userId: string,
): Promise<{ customer: BareClient; sessionId: string; created: Received }> {
  const customer = bareClient(url);
  customer.emit('customer:start_chat', { userId, botContext: { page: '/pricing' }, metadata: { plan: 'free' } });
  const created = await customer.until('session:created');
  return { customer, sessionId: created.sessionId, created };
}

export async function joinAgent(url: string, name: string): Promise<{ agent: BareClient; agentId: string }> {
  const agent = bareClient(url);
  agent.emit('agent:join', { name });
  const joined = await agent.until('agent:joined');
  expect(joined).toMatchObject({
    agentId: expect.any(String),
    agent: { name, status: 'available', socketId: expect.any(String) },
  });
  expect(joined.agent.joinedAt).toMatch(isIsoTime);
  return { agent, agentId: joined.agentId };
}

const say = (client: BareClient, role: 'customer' | 'agent', sessionId: string, content: string) =>
  client.emit(`${role}:send_message`, { sessionId, content });

export const fromSender = (sender: string) => (message: Received) => message.sender === sender;

/** Asks the bot for a human and waits until the customer is told that it waits. */
export async function askForHuman(
  customer: BareClient,
  sessionId: string,
  words = 'I want to talk to a human please',
): Promise<Received> {
  say(customer, 'customer', sessionId, words);
  return customer.until('status:changed', (change) => change.status === 'waiting', 20_000);
}

/** The guide's first scenario: customer → bot → human → agent chats → close. */
export async function customerToBotToHumanToClose(doors: Doors): Promise<void> {
  const { customer, sessionId, created } = await startChat(doors.customer, 'ada');
  expect(created).toMatchObject({ status: 'bot', sessionId: expect.any(String), token: expect.any(String) });

  const greeting = await customer.until('message:received', fromSender('bot'));
  expect(greeting).toMatchObject({
    id: expect.any(String),
    sessionId,
    content: expect.any(String),
    sender: 'bot',
    metadata: {},
  });
  expect(greeting.timestamp).toMatch(isIsoTime);

  say(customer, 'customer', sessionId, 'Hello, who are you?');
  const answer = await customer.until(
    'message:received',
    (message) => message.sender === 'bot' && message.seq > greeting.seq,
    20_000,
  );
  expect(answer.content.length).toBeGreaterThan(10);
  const drafts = customer
    .all('message:draft')
    .filter((draft) => draft.inReplyTo === answer.inReplyTo && draft.text !== '');
  expect(drafts.length, 'the answer was seen growing').toBeGreaterThan(1);

  const { agent } = await joinAgent(doors.agent, 'Grace');
  const waiting = await askForHuman(customer, sessionId);
  expect(waiting.change).toMatchObject({
    from: 'bot',
    to: 'waiting',
    cause: 'bot_transferred',
  });
  expect(await customer.until('queue:position')).toMatchObject({ sessionId, position: expect.any(Number) });

  const update = await agent.until('queue:update', (queue) =>
    queue.sessions.some((one: Received) => one.id === sessionId),
  );
  const queued = update.sessions.find((one: Received) => one.id === sessionId);
  expect(queued).toMatchObject({
    userId: 'ada',
    status: 'waiting',
    botContext: { page: '/pricing' },
    metadata: { plan: 'free' },
    queueInfo: {
      sessionId,
      reason: expect.any(String),
      priority: expect.any(String),
      position: expect.any(Number),
      requestedAt: expect.stringMatching(isIsoTime),
    },
  });

  agent.emit('agent:pickup_session', { sessionId });
  const assigned = await agent.until('session:assigned', (one) => one.sessionId === sessionId);
  expect(assigned.session).toMatchObject({ id: sessionId, status: 'agent', assignedAgent: expect.any(String) });
  const texts = assigned.session.messages
    .filter((one: Received) => one.kind === 'message')
    .map((one: Received) => one.content);
  expect(texts).toContain('Hello, who are you?');
  expect(texts).toContain(answer.content);
  expect(await customer.until('status:changed', (change) => change.status === 'agent')).toMatchObject({
    agentName: 'Grace',
  });

  say(agent, 'agent', sessionId, 'Hi Ada, Grace here.');
  expect(await customer.until('message:received', fromSender('agent'))).toMatchObject({
    content: 'Hi Ada, Grace here.',
  });
  say(customer, 'customer', sessionId, 'Great, thank you!');
  await agent.until(
    'message:received',
    (message) => message.content === 'Great, thank you!' && message.sender === 'user',
  );

  agent.emit('agent:close_session', { sessionId });
  await customer.until('session:closed', (one) => one.sessionId === sessionId);
  await agent.until('session:closed', (one) => one.sessionId === sessionId);

  const seqs = customer.received
    .filter((one) => ['message:received', 'status:changed'].includes(one.event))
    .map((one) => one.payload.seq);
  expect(seqs, 'shown in order, without gap or repeat').toEqual(seqs.map((_, index) => seqs[0] + index));
  customer.close();
  agent.close();
}

/** The second: an agent picks up the next session, and transfers it. */
export async function agentPicksUpNextAndTransfers(doors: Doors): Promise<void> {
  const { agent } = await joinAgent(doors.agent, 'Edsger');
  const { agent: colleague, agentId: colleagueId } = await joinAgent(doors.customer, 'Barbara');
  const { customer, sessionId } = await startChat(doors.customer, 'linus');
  expect((await customer.ask('customer:request_agent', { sessionId, reason: 'billing' })).ok).toBe(true);
  expect(await agent.ask('agent:pickup_session', {})).toMatchObject({
    ok: true,
    value: { session: { id: sessionId } },
  });
  await agent.until('session:assigned', (one) => one.sessionId === sessionId);

  const release = { sessionId, to: { type: 'agent', agentId: colleagueId }, reason: 'Barbara knows billing' };
  expect((await agent.ask('agent:release_session', release)).ok).toBe(true);
  await colleague.until('session:assigned', (one) => one.sessionId === sessionId);
  await agent.until('session:unassigned', (one) => one.sessionId === sessionId);
  expect(await customer.until('status:changed', (change) => change.agentName === 'Barbara')).toMatchObject({
    status: 'agent',
  });
  expect(await agent.ask('agent:send_message', { sessionId, content: 'too late' })).toMatchObject({
    ok: false,
    code: 'NOT_ASSIGNED',
  });

  expect((await colleague.ask('agent:send_message', { sessionId, content: 'Hello from Barbara' })).ok).toBe(true);
  await customer.until('message:received', (message) => message.senderName === 'Barbara');
  expect((await customer.ask('customer:end_chat', { sessionId })).ok).toBe(true);
  await colleague.until('session:closed', (one) => one.sessionId === sessionId);
  for (const client of [agent, colleague, customer]) client.close();
}

/** The third: several customers with different priorities come out in order. */
export async function severalCustomersComeOutInOrder(doors: Doors): Promise<void> {
  const people = [
    {
      userId: 'patient',
      words: 'No hurry, but I would like to talk to a human when somebody has time',
      priority: 'low',
    },
    { userId: 'first-normal', words: 'Can I talk to a human please?', priority: 'normal' },
    { userId: 'second-normal', words: 'I need a real person', priority: 'normal' },
    {
      userId: 'angry',
      words: 'This is outrageous, my payment was taken twice! Get me a human right now!',
      priority: 'high',
    },
  ];
  const bySession = new Map<string, string>();
  const clients: BareClient[] = [];
  for (const person of people) {
    const { customer, sessionId } = await startChat(doors.customer, person.userId);
    await customer.until('message:received', fromSender('bot'));
    const change = await askForHuman(customer, sessionId, person.words);
    expect(change.change.priority, person.words).toBe(person.priority);
    clients.push(customer);
    bySession.set(sessionId, person.userId);
  }
  const { agent } = await joinAgent(doors.agent, 'Margaret');
  await agent.until('queue:update', (queue) => queue.total >= people.length);
  const taken: string[] = [];
  for (const _ of people) {
    const reply = await agent.ask('agent:pickup_session', {});
    expect(reply).toMatchObject({ ok: true });
    taken.push(reply.value.session.id);
  }
  expect(taken.map((sessionId) => bySession.get(sessionId))).toEqual([
    'angry',
    'first-normal',
    'second-normal',
    'patient',
  ]);
  for (const sessionId of taken) agent.emit('agent:close_session', { sessionId });
  for (const customer of clients) await customer.until('session:closed');
  for (const client of [...clients, agent]) client.close();
}
