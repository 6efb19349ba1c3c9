import { startSystem } from '@baton/testkit';
import { expect, it } from 'vitest';
import { bareClient, type Received } from '../clients/bare-client.ts';
import { joinAgent, startChat } from '../clients/scenarios.ts';

/** Two gateways, on which a waiting customer may be away for two seconds only. */
const system = await startSystem({ gateways: 2, env: { ABANDON_AFTER_MS: '2000' } });
const [door = '', elsewhere = ''] = system.urls;

it('a customer who goes away, and does not come back, leaves the queue too; a dropped link alone costs no place', async () => {
  const gone = await startChat(elsewhere, 'gone');
  const brief = await startChat(door, 'dropped-for-a-moment');
  for (const { customer, sessionId } of [gone, brief]) await customer.ask('customer:request_agent', { sessionId });
  for (const { customer } of [gone, brief]) customer.close();
  const back = bareClient(elsewhere);
  expect(
    (await back.ask('customer:resume_chat', { sessionId: brief.sessionId, token: brief.created.token, lastSeq: 0 })).ok,
  ).toBe(true);

  const { agent } = await joinAgent(door, 'Patient');
  const inLine = () =>
    agent
      .all('queue:update')
      .at(-1)
      ?.sessions.map((one: Received) => one.id);
  await expect.poll(inLine, { timeout: 10_000 }).not.toContain(gone.sessionId);
  expect(inLine()).toContain(brief.sessionId);
  expect(back.all('status:changed').at(-1)).toMatchObject({ status: 'waiting' });

  // Who returns finds the chat open, with the bot, and what happened in it.
  const returned = bareClient(door);
  const resumed = await returned.ask('customer:resume_chat', {
    sessionId: gone.sessionId,
    token: gone.created.token,
    lastSeq: 0,
  });
  expect(resumed).toMatchObject({ ok: true, value: { session: { status: 'bot' } } });
  const told = await returned.until('status:changed', (change) => change.change.cause === 'customer_left');
  expect(told).toMatchObject({ status: 'bot', change: { from: 'waiting', by: 'system' } });
  for (const client of [back, returned, agent]) client.close();
});
