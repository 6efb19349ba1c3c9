import type { ClientEventName } from '@baton/contracts';
import { startSystem } from '@baton/testkit';
import { connect } from 'nats';
import { afterAll, describe, expect, it } from 'vitest';
import type { BareClient, Received } from '../clients/bare-client.ts';
import { joinAgent, startChat } from '../clients/scenarios.ts';
import { eventsAboutSessions, payloadsOf } from './payload-samples.ts';

/**
 * [S1] Nobody can tell "not yours" from "not there": every event of the catalogue that names a session is asked about
 * chats of others in every state, and about one that does not exist. The answers are the same, and so is what the
 * services are asked for them, so that no answer takes longer for being about something.
 */
// The owners are one customer to the limits of waiting.
const system = await startSystem({ env: { CUSTOMER_WAITING_CHATS: '0', ADDRESS_WAITING_CHATS: '0' } });
const [door = ''] = system.urls;
const nats = await connect(system.space.nats);
const clients: BareClient[] = [];
afterAll(async () => {
  for (const client of clients) client.close();
  await nats.close();
});

/** Requests to services that name a session, in the order in which they were made. */
const asked: { endpoint: string; body: string }[] = [];
for (const service of ['session', 'queue'])
  nats.subscribe(`${system.space.subjectRoot}.${service}.*`, {
    callback: (_, message) =>
      asked.push({ endpoint: message.subject.split('.').slice(-2).join('.'), body: message.string() }),
  });
await nats.flush();

const ask = async (client: BareClient, event: ClientEventName, payload: object) => {
  const { traceId, ...reply } = await client.ask(event, payload);
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  return reply as Received;
};
const granted = async (client: BareClient, event: ClientEventName, payload: object) =>
  expect(await ask(client, event, payload), event).toMatchObject({ ok: true });

const owner = async () => {
  const { customer, sessionId } = await startChat(door, 'owner');
  clients.push(customer);
  return { customer, sessionId };
};
const holder = (await joinAgent(door, 'Holder')).agent;
clients.push(holder);
const held = async () => {
  const { customer, sessionId } = await owner();
  await granted(customer, 'customer:request_agent', { sessionId });
  await granted(holder, 'agent:pickup_session', { sessionId });
  await holder.until('session:assigned', (one) => one.sessionId === sessionId);
  return { customer, sessionId };
};

/** A chat of somebody else in each state that there is, by whom it was with when it ended. */
const foreign = {
  bot: owner,
  agent: held,
  'closed by its customer': async () => {
    const chat = await owner();
    await granted(chat.customer, 'customer:end_chat', { sessionId: chat.sessionId });
    return chat;
  },
  'closed with another agent': async () => {
    const chat = await held();
    await granted(holder, 'agent:send_message', { sessionId: chat.sessionId, content: 'the last word' });
    await granted(holder, 'agent:close_session', { sessionId: chat.sessionId });
    return chat;
  },
  waiting: async () => {
    const chat = await owner();
    await granted(chat.customer, 'customer:request_agent', { sessionId: chat.sessionId });
    return chat;
  },
};
type State = keyof typeof foreign;
const states = Object.keys(foreign) as State[];
const theirs = new Map(
  await Promise.all(states.map(async (state) => [state, (await foreign[state]()).sessionId] as const)),
);
/**
 * Requests that gateways make by themselves, whatever is asked meanwhile: the list of who waits is read anew when the
 * queue changes, and the sessions with sockets, of which there are several here, are compared with the record every few
 * seconds. One session's head by itself would be asked for somebody.
 */
const isOfTheGateway = (endpoint: string, body: string): boolean =>
  endpoint === 'session.getMany' || (endpoint === 'session.heads' && JSON.parse(body).sessionIds.length > 1);
const NOBODY = '0190a000-0000-7000-8000-000000000000';

/** What a socket is answered, and what the services are asked for it, with nothing in it that names the chat. */
async function answerTo(client: BareClient, event: ClientEventName, payload: object, sessionId: string) {
  await nats.flush();
  asked.length = 0;
  const reply = await ask(client, event, { ...payload, sessionId });
  await nats.flush();
  const work = asked
    .filter(({ endpoint, body }) => body.includes(sessionId) && !isOfTheGateway(endpoint, body))
    .map(({ endpoint }) => endpoint);
  return { reply: JSON.parse(JSON.stringify(reply).replaceAll(sessionId, 'ID')), work };
}

/** [S1] What a chat that waits offers to every agent, and [C4] what is told of one that another agent took. */
const offered: Partial<Record<ClientEventName, Partial<Record<State, object>>>> = {
  'agent:pickup_session': { waiting: { ok: true }, agent: { ok: false, code: 'ALREADY_TAKEN' } },
  'agent:view_session': { waiting: { ok: true }, agent: { ok: false, code: 'ALREADY_TAKEN' } },
  'agent:list_entries': { waiting: { ok: true } },
};

async function asksOfAll(client: BareClient, event: ClientEventName, offers: Partial<Record<State, object>> = {}) {
  const ways = payloadsOf(event).length;
  expect(ways).toBeGreaterThan(0);
  for (let way = 0; way < ways; way++) {
    const payload = () => ({ ...payloadsOf(event)[way] });
    const absent = await answerTo(client, event, payload(), NOBODY);
    expect(absent.reply, event).toMatchObject({ ok: false, message: expect.stringMatching(/./) });
    for (const state of states.filter((one) => offers[one] === undefined)) {
      const sessionId = theirs.get(state) ?? '';
      expect(await answerTo(client, event, payload(), sessionId), `${event}, ${state}`).toEqual(absent);
    }
  }
  for (const [state, offer] of Object.entries(offers) as [State, object][]) {
    const { sessionId } = await foreign[state]();
    expect(await ask(client, event, { sessionId }), `${event}, ${state}`).toMatchObject(offer);
  }
}

describe('[S1] of a chat of somebody else, whatever its state, as of one that is not there', () => {
  const forCustomers = eventsAboutSessions.filter((event) => !event.startsWith('agent:'));
  const forAgents = eventsAboutSessions.filter((event) => !event.startsWith('customer:'));

  it('knows the events that there are', () => {
    expect(forCustomers.length).toBeGreaterThanOrEqual(8);
    expect(forAgents.length).toBeGreaterThanOrEqual(9);
    for (const event of Object.keys(offered)) expect(forAgents).toContain(event);
  });

  it.each(forCustomers)('a customer is answered alike: %s', async (event) => {
    const { customer } = await owner();
    await asksOfAll(customer, event);
  });

  it.each(forAgents)('an agent is answered alike: %s', async (event) => {
    const { agent } = await joinAgent(door, 'Stranger');
    clients.push(agent);
    await asksOfAll(agent, event, offered[event]);
  });

  it('an agent is answered alike who repeats the id of a message or note that another wrote', async () => {
    const { agent } = await joinAgent(door, 'Repeater');
    clients.push(agent);
    const { sessionId } = await held();
    const said = { content: 'once', clientMessageId: 'guessed', clientNoteId: 'guessed' };
    for (const event of ['agent:send_message', 'agent:add_note'] as const) {
      await granted(holder, event, { sessionId, ...said });
      const other = { ...said, content: 'mine' };
      expect(await answerTo(agent, event, other, sessionId)).toEqual(await answerTo(agent, event, other, NOBODY));
    }
  });
});
