import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeBaton, startFakeBaton } from '../../test/fake-baton.ts';
import { until } from '../../test/until.ts';
import { type Customer, createCustomer } from '../customer/customer.ts';
import { type Chat, createAgent, type TerminalAgent } from './agent.ts';

let baton: FakeBaton;
let customer: Customer;
let agent: TerminalAgent;
let assigned: Chat[];
let news: string[];
let gone: number;

beforeEach(async () => {
  baton = await startFakeBaton();
  [assigned, news, gone] = [[], [], 0];
  customer = createCustomer({ url: baton.url, userId: 'carol' });
  await until('the chat is open', () => customer.status === 'bot');
  customer.say('my lamp broke');
  await customer.askForHuman();
  agent = createAgent({
    url: baton.url,
    name: 'Ada',
    onAssigned: (chat) => assigned.push(chat),
    onShown: (_, item) => news.push(item.kind === 'message' ? item.message.content : item.sentence),
    onGone: () => gone++,
  });
  await until('the agent is online', () => agent.waiting !== undefined);
});
afterEach(async () => {
  customer.leave();
  agent.leave();
  await baton.stop();
});

describe('an agent', () => {
  it('sees who waits, takes one, and gets its log and brief', async () => {
    expect(agent.waiting?.sessions.map(({ userId }) => userId)).toEqual(['carol']);
    expect((await agent.claim()).ok).toBe(true);
    await until('it is assigned', () => assigned.length === 1);
    const [chat = expect.fail('no chat')] = assigned;
    expect(chat.brief?.summary).toBe('The lamp is broken.');
    expect(chat.log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(news, 'history is no news').toEqual([]);
  });

  it('[M4] after a lost connection gets what it missed as news, once, and sends what it said meanwhile', async () => {
    await agent.claim();
    await until('it is assigned', () => assigned.length === 1);
    const [chat = expect.fail('no chat')] = assigned;
    baton.cut();
    chat.say('what happened?');
    customer.say('it fell');
    await until('both were told', () => news.length === 2 && chat.unsent.length === 0);
    expect(assigned).toEqual([chat]);
    expect(news.toSorted()).toEqual(['it fell', 'what happened?']);
    expect(agent.chats).toHaveLength(1);
  });

  it('a chat that was taken away meanwhile is gone after coming back', async () => {
    await agent.claim();
    await until('it is assigned', () => assigned.length === 1);
    baton.cut();
    baton.change('waiting', 'agent_vanished', 'Ada was gone.');
    await until('it is gone', () => gone === 1);
    expect(agent.chats).toEqual([]);
  });

  it('ends a chat, and holds it no longer', async () => {
    await agent.claim();
    await until('it is assigned', () => assigned.length === 1);
    const [chat = expect.fail('no chat')] = assigned;
    expect((await agent.close(chat)).ok).toBe(true);
    await until('it is gone', () => gone === 1);
    expect(news).toEqual(['Ada ended the chat.']);
  });

  it('is told why there is nothing to take', async () => {
    await agent.claim();
    expect(await agent.claim()).toMatchObject({ ok: false, code: 'QUEUE_EMPTY' });
  });
});
