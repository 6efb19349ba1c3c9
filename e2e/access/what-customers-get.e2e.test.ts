import { type ClientEventName, clientEvents, customerAcknowledgements, customerServerEvents } from '@baton/contracts';
import { startSystem } from '@baton/testkit';
import { connect } from 'nats';
import { afterAll, expect, it } from 'vitest';
import { type BareClient, bareClient, type Received } from '../clients/bare-client.ts';
import { fromSender, joinAgent, startChat } from '../clients/scenarios.ts';
import { wordsOf } from './payload-samples.ts';

/**
 * What agents, services and the model write for each other must not reach a customer's browser. A canary goes into each
 * such field, and every byte that customers receive is searched for it.
 */
const CANARY = 'canary-do-not-refund';
const system = await startSystem();
const [door = ''] = system.urls;
const nats = await connect({ servers: system.space.natsUrl });
afterAll(() => nats.close());

const bySession = async (endpoint: string, body: object): Promise<Received> => {
  const subject = `${system.space.subjectRoot}.session.${endpoint}`;
  const reply: Received = (await nats.request(subject, JSON.stringify(body), { timeout: 15_000 })).json();
  expect(reply, endpoint).toMatchObject({ ok: true });
  return reply.value;
};

/** For whom each field is that agents write words into. One that is not listed fails the test. */
const MEANT_FOR: Record<string, 'colleagues' | 'customers'> = {
  'agent:join name': 'customers',
  'agent:send_message content': 'customers',
  'agent:close_session reason': 'colleagues',
  'agent:close_session publicReason': 'customers',
  'agent:release_session reason': 'colleagues',
  'agent:release_session publicReason': 'customers',
  'agent:add_note content': 'colleagues',
};
const agentEvents = (Object.keys(clientEvents) as ClientEventName[]).filter((event) => event.startsWith('agent:'));

/** Keeps every frame that the socket gets from now on, as it came: events, acknowledgements, all. */
function bytesOf({ socket }: BareClient): string[] {
  const frames: string[] = [];
  const listen = () => socket.io.engine.on('packet', ({ data }) => data !== undefined && frames.push(String(data)));
  if (socket.io.engine !== undefined) listen();
  socket.io.on('open', listen);
  return frames;
}

it('[S7] every field that agents write words into is meant for colleagues or for customers', () => {
  const fields = agentEvents.flatMap((event) => wordsOf(event).map((field) => `${event} ${field}`));
  expect(new Set(fields)).toEqual(new Set(Object.keys(MEANT_FOR)));
});

it('[S1] [S7] no customer is sent a reason, note, brief or figure that was meant for others', async () => {
  const { customer, sessionId, created } = await startChat(door, 'curious');
  const live = bytesOf(customer);
  const { agent, agentId } = await joinAgent(door, 'Grace');
  const { agent: colleague, agentId: colleagueId } = await joinAgent(door, 'Barbara');
  /** Fields of agents that the canary went into. */
  const canaries = new Set<string>();
  const said = (event: string, payload: object, who = agent) => {
    for (const [field, words] of Object.entries(payload)) if (words === CANARY) canaries.add(`${event} ${field}`);
    return who.ask(event, { sessionId, ...payload }).then((reply) => expect(reply, event).toMatchObject({ ok: true }));
  };
  const pickUp = async (who: BareClient) => {
    const before = seen();
    expect(await who.ask('agent:pickup_session', { sessionId })).toMatchObject({ ok: true });
    await customer.until('status:changed', (change) => change.seq > before && change.status === 'agent');
  };
  const seen = () => Math.max(1, ...customer.all('status:changed').map(({ seq }) => seq));

  // The bot: what it cost, which tools it used, and why it hands off.
  await customer.until('message:received', fromSender('bot'));
  const { session } = await bySession('get', { sessionId });
  const metadata = { model: CANARY, usage: { note: CANARY }, tools: [{ name: CANARY }], firstTokenMs: CANARY };
  const answer = { content: 'An answer.', inReplyTo: session.lastSeq, clientMessageId: 'turn:canary', metadata };
  await bySession('append', { sessionId, author: { type: 'bot', epoch: session.epoch }, messages: [answer] });
  const brief = { summary: CANARY, customerWants: CANARY, tried: CANARY };
  await bySession('transfer', { sessionId, cause: 'bot_transferred', reason: CANARY, brief });

  // Agents: notes, and the reasons of every way to part with a chat.
  await pickUp(agent);
  await said('agent:add_note', { content: CANARY });
  await said('agent:release_session', { to: { type: 'queue' }, reason: CANARY });
  await pickUp(agent);
  await said('agent:release_session', { to: { type: 'agent', agentId: colleagueId }, reason: CANARY });
  await customer.until('status:changed', ({ agentName }) => agentName === 'Barbara');
  const back = { to: { type: 'agent', agentId }, reason: CANARY, publicReason: 'Grace knows lamps.' };
  await said('agent:release_session', back, colleague);
  const handed = await customer.until('status:changed', ({ change }) => change.reason !== undefined);
  expect(handed).toMatchObject({ agentName: 'Grace', change: { reason: 'Grace knows lamps.' } });
  await said('agent:release_session', { to: { type: 'bot' }, reason: CANARY });
  await customer.until('status:changed', ({ change }) => change.cause === 'agent_returned');
  await customer.ask('customer:request_agent', { sessionId, reason: 'my own words' });
  await customer.ask('customer:cancel_request', { sessionId });
  await customer.ask('customer:send_message', { sessionId, content: 'Who are you?' });
  await customer.until('message:draft', ({ text }) => text !== '');
  await customer.ask('customer:request_agent', { sessionId, reason: 'my own words' });
  await pickUp(agent);
  await said('typing', {});
  await said('seen', { seq: seen() });
  await customer.until('seen');
  customer.emit('customer:send_message', { sessionId, content: '' });
  await customer.until('error');
  await said('agent:close_session', { reason: CANARY });
  await customer.until('session:closed');

  expect(canaries).toEqual(new Set(Object.keys(MEANT_FOR).filter((field) => MEANT_FOR[field] === 'colleagues')));

  // Agents were told all of it, so the canary was there to be found.
  expect(JSON.stringify(agent.received).split(CANARY).length).toBeGreaterThan(10);
  await agent.until('session:closed', ({ reason }) => reason === CANARY);

  // Catching up from the beginning, and what is acknowledged after the end.
  const again = bareClient(door);
  const caughtUp = bytesOf(again);
  await again.ask('customer:start_chat', { userId: 'curious' });
  const resumed = await again.ask('customer:resume_chat', { sessionId, token: created.token, lastSeq: 0 });
  expect(resumed.value.session.status).toBe('closed');
  await again.until('session:closed');
  const paged = await again.ask('customer:resume_chat', { sessionId, token: created.token, lastSeq: 0, newest: 200 });
  const page = await again.ask('customer:list_entries', { sessionId });
  expect(page.value.entries.length).toBeGreaterThan(10);
  expect(paged.value.entries, 'a page is the same, however it is asked for').toEqual(page.value.entries);
  await again.ask('customer:rate_chat', { sessionId, rating: 4 });
  await again.ask('customer:end_chat', { sessionId });
  // Nobody has proven who this is.
  expect((await again.ask('customer:list_chats', {})).value).toEqual({ chats: [] });
  expect(await again.ask('customer:identify', { token: 'nonsense' })).toMatchObject({ code: 'UNAUTHENTICATED' });

  // The last thing that it may be told.
  const stopped = system.gateways[0]?.term();
  await again.until('server:draining');
  await stopped;

  const told = new Set([...customer.received, ...again.received].map(({ event }) => event));
  expect(told, 'every event that there is for customers').toEqual(new Set(Object.keys(customerServerEvents)));
  const answered = new Set([...customer.asked, ...again.asked].filter((event) => event.startsWith('customer:')));
  expect(answered, 'every acknowledgement').toEqual(new Set(Object.keys(customerAcknowledgements)));
  const bytes = [...live, ...caughtUp].join('\n');
  expect(bytes).toContain('An answer.');
  expect(bytes).toContain('my own words');
  expect(bytes).not.toContain(CANARY);
  for (const internal of ['promptTokens', 'totalMs', 'firstTokenMs', 'queueInfo', 'baton-offline', '"source"'])
    expect(bytes).not.toContain(internal);
  for (const client of [customer, again, agent, colleague]) client.close();
});
