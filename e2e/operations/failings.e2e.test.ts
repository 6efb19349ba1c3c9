import { setTimeout as sleep } from 'node:timers/promises';
import { startSystem } from '@baton/testkit';
import { connect } from 'nats';
import { afterAll, expect, it } from 'vitest';
import { type BareClient, bareClient, type Received } from '../clients/bare-client.ts';
import { joinAgent, startChat } from '../clients/scenarios.ts';

/**
 * How an existing implementation of the same guide fails when it is run. Each test is one of its failings, which this
 * system must not have.
 */
const system = await startSystem({
  gateways: 2,
  sessions: 2,
  queues: 2,
  env: { AGENT_GRACE_MS: '1500' },
  envOf: { gateway: { ADMIN_KEY: 'supervisors-only' } },
});
const { space } = system;
const door = (index = 0) => system.urls[index] ?? '';
const open: BareClient[] = [];
const keep = <T extends { customer?: BareClient; agent?: BareClient }>(made: T): T => {
  for (const client of [made.customer, made.agent]) if (client) open.push(client);
  return made;
};
const customerAt = async (index: number, userId: string) => keep(await startChat(door(index), userId));
const agentAt = async (index: number, name: string) => keep(await joinAgent(door(index), name));
const NOBODY = '0190a000-0000-7000-8000-000000000000';

afterAll(() => {
  for (const client of open) client.close();
});

it('the "waiting" notice of one customer goes to that customer only', async () => {
  const ada = await customerAt(0, 'ada');
  const ben = await customerAt(0, 'ben');
  await ada.customer.ask('customer:request_agent', { sessionId: ada.sessionId });
  await ada.customer.until('status:changed', (change) => change.status === 'waiting');
  await ada.customer.until('queue:position');
  await ben.customer.ask('customer:send_message', { sessionId: ben.sessionId, content: 'hello' });
  await ben.customer.until('message:received', (message) => message.content === 'hello');
  const strange = ben.customer.received.filter(
    ({ payload }) => payload?.sessionId !== undefined && payload.sessionId !== ben.sessionId,
  );
  expect(strange).toEqual([]);
  await ada.customer.ask('customer:end_chat', { sessionId: ada.sessionId });
});

it('[C4] of agents who pick up one session at once, on two gateways, exactly one gets it; the others are told who', async () => {
  const agents = await Promise.all(Array.from({ length: 6 }, (_, index) => agentAt(index % 2, `agent-${index}`)));
  for (let round = 0; round < 5; round++) {
    const { customer, sessionId } = await customerAt(round % 2, `customer-${round}`);
    await customer.ask('customer:request_agent', { sessionId });
    const replies = await Promise.all(agents.map(({ agent }) => agent.ask('agent:pickup_session', { sessionId })));
    const winners = agents.filter((_, index) => replies[index].ok);
    expect(winners).toHaveLength(1);
    const { session } = replies.find((reply) => reply.ok).value;
    for (const reply of replies.filter((one) => !one.ok)) {
      expect(reply.code).toBe('ALREADY_TAKEN');
      expect(reply.message).toContain(session.agentName);
    }
    await winners[0]?.agent.until('session:assigned', (one) => one.sessionId === sessionId);
    const losers = agents.filter((one) => one !== winners[0]);
    expect(
      losers.flatMap(({ agent }) => agent.all('session:assigned')).filter((one) => one.sessionId === sessionId),
    ).toEqual([]);
    await customer.ask('customer:end_chat', { sessionId });
  }
});

it('[S1] a stranger who knows the id of a session can neither write to it, end it nor learn that it exists', async () => {
  const { customer, sessionId } = await customerAt(0, 'owner');
  const stranger = bareClient(door(1));
  open.push(stranger);
  const attempts = [
    'customer:send_message',
    'customer:end_chat',
    'customer:request_agent',
    'customer:cancel_request',
    'customer:rate_chat',
    'typing',
    'seen',
  ];
  const rest = { content: 'mine now', active: true, rating: 1, seq: 1 };
  /** Each answer names its own trace, which tells nothing of the session. */
  const asked = async (event: string, payload: Record<string, unknown>) => {
    const { traceId, ...reply } = await stranger.ask(event, payload);
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    return reply;
  };
  for (const event of attempts) {
    const real = await asked(event, { sessionId, ...rest });
    const imagined = await asked(event, { sessionId: NOBODY, ...rest });
    expect(real, event).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(real, event).toEqual(imagined);
  }
  const forged = { sessionId, token: 'made up', lastSeq: 0 };
  expect(await asked('customer:resume_chat', forged)).toEqual(
    await asked('customer:resume_chat', { ...forged, sessionId: NOBODY }),
  );
  expect(await customer.ask('customer:send_message', { sessionId, content: 'still mine' })).toMatchObject({ ok: true });
  expect(customer.all('message:received').some((message) => message.content === 'mine now')).toBe(false);
});

it('[C1] an agent cannot pick up a session that is with the bot, or closed', async () => {
  const { agent } = await agentAt(1, 'Eager');
  const { customer, sessionId } = await customerAt(0, 'content-with-the-bot');
  expect(await agent.ask('agent:pickup_session', { sessionId })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  await customer.ask('customer:end_chat', { sessionId });
  expect(await agent.ask('agent:pickup_session', { sessionId })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  expect(await agent.ask('agent:send_message', { sessionId, content: 'hello?' })).toMatchObject({ ok: false });
});

it('asking twice for a human queues once', async () => {
  const { agent } = await agentAt(0, 'Counter');
  const { customer, sessionId } = await customerAt(0, 'insistent');
  const replies = await Promise.all([1, 2, 3].map(() => customer.ask('customer:request_agent', { sessionId })));
  expect(replies.map((reply) => reply.ok)).toEqual([true, true, true]);
  await agent.until('queue:update', (queue) => queue.sessions.some((one: Received) => one.id === sessionId));
  await sleep(1_000);
  const latest = agent.all('queue:update').at(-1);
  expect(latest.sessions.filter((one: Received) => one.id === sessionId)).toHaveLength(1);
  expect(latest.total).toBe(1);
  expect(customer.all('status:changed').filter((change) => change.status === 'waiting')).toHaveLength(1);
  await customer.ask('customer:end_chat', { sessionId });
});

it('an agent who leaves after closing does not put the closed session back', async () => {
  const { agent } = await agentAt(1, 'Leaver');
  const { customer, sessionId } = await customerAt(0, 'served');
  await customer.ask('customer:request_agent', { sessionId });
  await agent.ask('agent:pickup_session', { sessionId });
  await agent.ask('agent:close_session', { sessionId });
  await customer.until('session:closed');
  agent.close();
  // Longer than the grace period that this system runs with, and than the loop that looks for vanished agents.
  await sleep(4_000);
  const reply = await customer.ask('customer:send_message', { sessionId, content: 'anybody?' });
  expect(reply).toMatchObject({ ok: false, code: 'SESSION_CLOSED' });
  expect(customer.all('status:changed').at(-1)).toMatchObject({ status: 'closed' });
});

it('a customer who ends the chat leaves the queue', async () => {
  const { agent } = await agentAt(0, 'Watcher');
  const { customer, sessionId } = await customerAt(1, 'impatient');
  await customer.ask('customer:request_agent', { sessionId });
  await agent.until('queue:update', (queue) => queue.sessions.some((one: Received) => one.id === sessionId));
  await customer.ask('customer:end_chat', { sessionId });
  await expect
    .poll(
      () =>
        agent
          .all('queue:update')
          .at(-1)
          ?.sessions.map((one: Received) => one.id),
      { timeout: 5_000 },
    )
    .not.toContain(sessionId);
});

it('[M4] a dropped link does not close the chat; the customer comes back, elsewhere, and has missed nothing', async () => {
  const { customer, sessionId, created } = await customerAt(0, 'commuter');
  await customer.ask('customer:send_message', { sessionId, content: 'before the tunnel' });
  await customer.until('message:received', (message) => message.content === 'before the tunnel');
  const lastSeq = Math.max(...customer.all('message:received').map((message) => message.seq));
  customer.socket.io.engine.close();
  customer.close();

  const back = bareClient(door(1));
  open.push(back);
  const reply = await back.ask('customer:resume_chat', { sessionId, token: created.token, lastSeq });
  expect(reply).toMatchObject({ ok: true, value: { session: { status: 'bot' } } });
  await back.ask('customer:send_message', { sessionId, content: 'after the tunnel' });
  await back.until('message:received', (message) => message.content === 'after the tunnel');
  const seqs = back.received.filter(({ event }) => event === 'message:received').map(({ payload }) => payload.seq);
  expect(seqs).toEqual(seqs.map((_, index) => lastSeq + 1 + index));
});

it('customers cannot read the queue, its debug view or the figures', async () => {
  const { customer } = await customerAt(0, 'curious');
  for (const event of [
    'admin:get_stats',
    'admin:debug_queue',
    'admin:health_check',
    'admin:clear_queue',
    'agent:join',
    'agent:pickup_session',
  ]) {
    expect(await customer.ask(event, { name: 'x' }), event).toMatchObject({ ok: false, code: 'FORBIDDEN' });
  }
  expect(customer.all('queue:update')).toEqual([]);
});

it('[S2] malformed events are answered and end nothing', async () => {
  const socket = bareClient(door(0));
  open.push(socket);
  const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`);
  const malformed: unknown[] = [
    undefined,
    null,
    0,
    'text',
    [],
    {},
    { userId: 1 },
    { sessionId: {} },
    Buffer.from('x'),
    { userId: 'x', metadata: deep },
  ];
  for (const event of [
    'customer:start_chat',
    'customer:send_message',
    'agent:join',
    'agent:pickup_session',
    'no:such_event',
    'typing',
    'error',
  ]) {
    for (const payload of malformed) {
      socket.socket.emit(event, payload);
      socket.socket.emit(event, payload, 'not a function');
      socket.socket.emit(event);
    }
  }
  await socket.until('error', (error) => error.code === 'VALIDATION_FAILED' && error.field !== undefined);
  const { customer, sessionId } = await customerAt(0, 'afterwards');
  expect(await customer.ask('customer:send_message', { sessionId, content: 'alive?' })).toMatchObject({ ok: true });
  expect([...system.gateways, ...system.sessions].filter((service) => service.unexpectedExit !== undefined)).toEqual(
    [],
  );
});

it('a pickup with 400 waiting is quick, and what agents are sent is bounded and coalesced', async () => {
  // Directly over NATS, as an operator could: 400 browsers would measure themselves.
  const nats = await connect(space.nats);
  const request = async (subject: string, body: unknown): Promise<Received> =>
    (await nats.request(`${space.subjectRoot}.session.${subject}`, JSON.stringify(body), { timeout: 15_000 })).json();
  await Promise.all(
    Array.from({ length: 400 }, async (_, index) => {
      const created = await request('create', { userId: `crowd-${index}`, metadata: { filler: 'x'.repeat(500) } });
      const sessionId = created.value.session.id;
      expect(await request('transfer', { sessionId, cause: 'customer_requested', reason: 'crowd' })).toMatchObject({
        ok: true,
      });
    }),
  );
  await nats.close();
  const { agent } = await agentAt(0, 'Busy');
  await agent.until('queue:update', (queue) => queue.total >= 400, 15_000);
  agent.received.length = 0;
  const times: number[] = [];
  const started = performance.now();
  for (let count = 0; count < 5; count++) {
    const before = performance.now();
    expect(await agent.ask('agent:pickup_session', {})).toMatchObject({ ok: true });
    times.push(performance.now() - before);
  }
  const seconds = (performance.now() - started) / 1_000;
  await sleep(1_500);
  const updates = agent.all('queue:update');
  expect(times.toSorted((a, b) => a - b)[2], 'median time of a pickup, ms').toBeLessThan(150);
  for (const update of updates) {
    expect(update.sessions.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(update).length).toBeLessThan(100_000);
  }
  expect(updates.length, 'updates in the time of five pickups and what followed').toBeLessThanOrEqual(
    Math.ceil((seconds + 1.5) / 0.25) + 1,
  );
});
