import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeBaton, startFakeBaton } from '../../test/fake-baton.ts';
import { until } from '../../test/until.ts';
import type { Shown } from '../transcript-news.ts';
import { type Customer, createCustomer } from './customer.ts';

let baton: FakeBaton;
let customer: Customer;
let shown: Shown[];
let troubles: string[];
let ready: string[];

beforeEach(async () => {
  baton = await startFakeBaton();
  [shown, troubles, ready] = [[], [], []];
  customer = createCustomer({
    url: baton.url,
    userId: 'carol',
    onShown: (item) => shown.push(item),
    onReady: (_, resumed) => ready.push(resumed ? 'again' : 'first'),
    onTrouble: ({ code }) => troubles.push(code),
    onRefused: ({ content }, { code }) => troubles.push(`${content}: ${code}`),
  });
  await until('the chat is open', () => ready.length === 1);
});
afterEach(async () => {
  customer.leave();
  await baton.stop();
});

const said = () => shown.flatMap((item) => (item.kind === 'message' ? [item.message.content] : []));

describe('a customer', () => {
  it('opens a chat and sees its log in order', async () => {
    baton.say('bot', 'Hello!');
    customer.say('hi');
    await until('both are shown', () => said().length === 2);
    expect(said()).toEqual(['Hello!', 'hi']);
    expect(shown.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(customer.unsent).toEqual([]);
  });

  it('[M4] comes back after a lost connection and gets exactly what it missed', async () => {
    baton.say('bot', 'one');
    await until('one is shown', () => said().length === 1);
    baton.cut();
    baton.say('bot', 'two');
    baton.say('bot', 'three');
    await until('it is back', () => ready.at(-1) === 'again' && said().length === 3);
    expect(said()).toEqual(['one', 'two', 'three']);
    expect(baton.callsOf('customer:resume_chat')).toMatchObject([{ lastSeq: 2 }]);
    expect(baton.callsOf('customer:start_chat')).toHaveLength(1);
  });

  it('[M2] repeats a send whose acknowledgement was lost with its id, so that it is stored once', async () => {
    baton.loseNextAck();
    customer.say('once');
    await until('it was stored', () => baton.log.length === 2);
    baton.cut();
    customer.say('after');
    await until('both are shown', () => said().length === 2);
    await until('nothing is unsent', () => customer.unsent.length === 0);
    expect(said()).toEqual(['once', 'after']);
    expect(baton.log.flatMap((entry) => (entry.kind === 'message' ? [entry.content] : []))).toEqual(['once', 'after']);
  });

  it('[M3] what is said while the connection is down is sent in order when it is back', async () => {
    baton.cut();
    await until('it is gone', () => troubles.length === 0 && baton.callsOf('customer:start_chat').length === 1);
    for (const text of ['a', 'b', 'c']) customer.say(text);
    await until('all are shown', () => said().length === 3);
    expect(said()).toEqual(['a', 'b', 'c']);
    const ids = baton
      .callsOf('customer:send_message')
      .map((call) => (call as { clientMessageId: string }).clientMessageId);
    expect(new Set(ids).size).toBe(3);
  });

  it('says what was not taken, and goes on', async () => {
    baton.refuseNext('SESSION_CLOSED');
    customer.say('refused');
    customer.say('taken');
    await until('the second is shown', () => said().length === 1);
    expect(troubles).toEqual(['refused: SESSION_CLOSED']);
    expect(said()).toEqual(['taken']);
  });

  it('waits a moment when it was too fast, and then sends it', async () => {
    baton.refuseNext('RATE_LIMITED');
    customer.say('slowly');
    await until('it is shown', () => said().length === 1);
    expect(troubles).toEqual([]);
  });

  it('[M6] shows the draft until the answer itself comes', async () => {
    customer.say('question');
    await until('it is shown', () => said().length === 1);
    baton.draft('The ans');
    await until('the draft is there', () => customer.draft?.text === 'The ans');
    baton.draft('The answer');
    await until('it has grown', () => customer.draft?.text === 'The answer');
    const inReplyTo = baton.log.length;
    baton.say('bot', 'The answer.', { inReplyTo });
    await until('it is replaced', () => customer.draft === undefined && said().length === 2);
  });

  it('[M6] a draft that was given up goes away', async () => {
    baton.draft('Hm');
    await until('the draft is there', () => customer.draft !== undefined);
    baton.draft('Hm', true);
    await until('it is gone', () => customer.draft === undefined);
  });

  it('[C3] sees every change of control, and its place only while it waits', async () => {
    await customer.askForHuman();
    await until('it waits', () => customer.status === 'waiting');
    baton.position(2);
    await until('the place is there', () => customer.position?.position === 2);
    baton.change('agent', 'agent_assigned', 'Ada has joined the chat.');
    await until('an agent is there', () => customer.agentName === 'Ada');
    expect(customer.position).toBeUndefined();
    // What is asked is answered at once; what is told comes at most every 16 ms.
    await until('both are shown', () => shown.length === 2);
    expect(shown.map((item) => item.kind === 'change' && item.change.to)).toEqual(['waiting', 'agent']);
  });

  it('does not come back to a chat that has ended', async () => {
    await customer.end();
    await until('it has ended', () => customer.status === 'closed');
    baton.cut();
    customer.say('too late');
    await until('it is refused or kept', () => customer.unsent.length === 1 || troubles.length === 1);
    expect(baton.callsOf('customer:resume_chat')).toEqual([]);
  });
});
