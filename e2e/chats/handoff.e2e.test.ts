import { setTimeout as sleep } from 'node:timers/promises';
import { startSystem } from '@baton/testkit';
import { expect, it } from 'vitest';
import { askForHuman, fromSender, joinAgent, startChat } from '../clients/scenarios.ts';

/** What happens around a handoff, beside the straight way. */
const system = await startSystem({ env: { AGENT_GRACE_MS: '1500' } });
const [door = ''] = system.urls;

it('[C1, C3] a customer who no longer wants a human is with the bot again, and stays there', async () => {
  const { customer, sessionId } = await startChat(door, 'changes-their-mind');
  await askForHuman(customer, sessionId);
  expect(await customer.ask('customer:cancel_request', { sessionId })).toMatchObject({
    ok: true,
    value: { session: { status: 'bot' } },
  });
  const back = await customer.until('status:changed', (change) => change.status === 'bot');
  expect(back.change).toMatchObject({ from: 'waiting', to: 'bot', cause: 'customer_cancelled' });
  // Long enough for the bot to take up what was said before, which would hand off again.
  await sleep(3_000);
  expect(customer.all('status:changed').at(-1)).toMatchObject({ status: 'bot' });

  customer.emit('customer:send_message', { sessionId, content: 'When are you open?' });
  await customer.until(
    'message:received',
    (message) => message.sender === 'bot' && message.inReplyTo > back.seq,
    20_000,
  );
  customer.close();
});

it('the agent is told what the bot knows: reason, priority and brief', async () => {
  const { customer, sessionId } = await startChat(door, 'briefed');
  await customer.until('message:received', fromSender('bot'));
  await askForHuman(customer, sessionId, 'My lamp arrived broken, I want to talk to a human please');
  const { agent } = await joinAgent(door, 'Briefed');
  await agent.ask('agent:pickup_session', { sessionId });
  const assigned = await agent.until('session:assigned', (one) => one.sessionId === sessionId);
  expect(assigned.session.brief).toMatchObject({ summary: expect.stringContaining('lamp') });
  expect((await agent.ask('agent:add_note', { sessionId, content: 'send a new lamp' })).ok).toBe(true);
  await agent.until('note:added', (note) => note.content === 'send a new lamp');
  await agent.ask('agent:close_session', { sessionId });
  await customer.until('session:closed');
  expect(customer.all('note:added')).toEqual([]);
  customer.close();
  agent.close();
});

it('[Q3] an agent who vanishes gives its chats back; one who returns in time notices nothing', async () => {
  const { customer, sessionId } = await startChat(door, 'held');
  await customer.ask('customer:request_agent', { sessionId });
  const { agent } = await joinAgent(door, 'Flaky');
  await agent.ask('agent:pickup_session', { sessionId });
  await customer.until('status:changed', (change) => change.status === 'agent');
  agent.socket.io.engine.close();
  agent.close();
  const back = await customer.until('status:changed', (change) => change.change.cause === 'agent_vanished', 15_000);
  expect(back).toMatchObject({ status: 'waiting', change: { from: 'agent', cause: 'agent_vanished' } });
  const { agent: other } = await joinAgent(door, 'Steady');
  expect(await other.ask('agent:pickup_session', {})).toMatchObject({
    ok: true,
    value: { session: { id: sessionId } },
  });
  await other.ask('agent:close_session', { sessionId });
  customer.close();
  other.close();
});

it('an agent gives a chat to the bot, which goes on', async () => {
  const { customer, sessionId } = await startChat(door, 'returned');
  await customer.ask('customer:request_agent', { sessionId });
  const { agent } = await joinAgent(door, 'Returner');
  await agent.ask('agent:pickup_session', { sessionId });
  expect(
    await agent.ask('agent:release_session', { sessionId, to: { type: 'bot' }, reason: 'only opening hours' }),
  ).toMatchObject({ ok: true });
  const changes = await customer
    .until('status:changed', (change) => change.status === 'bot')
    .then(() => customer.all('status:changed'));
  expect(changes.map(({ change }) => [change.from, change.to])).toEqual([
    ['bot', 'waiting'],
    ['waiting', 'agent'],
    ['agent', 'waiting'],
    ['waiting', 'bot'],
  ]);
  customer.emit('customer:send_message', { sessionId, content: 'When are you open?' });
  await customer.until('message:received', (message) => message.sender === 'bot' && message.inReplyTo > 1, 20_000);
  customer.close();
  agent.close();
});
