import { startSystem } from '@baton/testkit';
import { expect, it } from 'vitest';
import type { Received } from '../clients/bare-client.ts';
import { fromSender, joinAgent, startChat } from '../clients/scenarios.ts';

/** A shop whose agents have gone home: what becomes of those who ask for a person. */
const system = await startSystem({ env: { NOBODY_ONLINE_AFTER_MINUTES: '0.4' } });
const [door = ''] = system.urls;

it('[A1, C2] who waits is told that nobody is online, is answered by the bot, and goes to an agent who comes', async () => {
  const { customer, sessionId } = await startChat(door, 'after-hours');
  await customer.until('message:received', fromSender('bot'));
  await customer.ask('customer:request_agent', { sessionId });
  await customer.until('queue:position', ({ online }) => online === false);

  const said = await customer.ask('customer:send_message', { sessionId, content: 'When are you open?' });
  const { seq } = said.value.message;
  const answer = (one: Received) => one.sender === 'bot' && one.inReplyTo === seq;
  expect((await customer.until('message:received', answer)).content).toMatch(/open/i);
  expect(customer.all('status:changed').at(-1)).toMatchObject({ status: 'waiting' });

  const { agent } = await joinAgent(door, 'Early bird');
  await customer.until('queue:position', ({ online }) => online === true);
  expect(await agent.ask('agent:pickup_session', {})).toMatchObject({
    ok: true,
    value: { session: { id: sessionId } },
  });
  await customer.until('status:changed', ({ status }) => status === 'agent');
  await agent.ask('agent:close_session', { sessionId });
  await agent.ask('agent:set_status', { status: 'offline' });
  for (const client of [customer, agent]) client.close();
});

it('[C3] when nobody comes for long enough, the chat goes back to the bot, and the customer is told', async () => {
  const { customer, sessionId } = await startChat(door, 'gave-up');
  await customer.ask('customer:request_agent', { sessionId });
  const back = await customer.until('status:changed', ({ change }) => change.cause === 'nobody_available', 45_000);
  expect(back).toMatchObject({ status: 'bot', change: { from: 'waiting', to: 'bot', by: 'system' } });
  customer.close();
});
