import { randomUUID } from 'node:crypto';
import { trustedSource } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import { expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
const limits = { CUSTOMER_WAITING_CHATS: '2', ADDRESS_WAITING_CHATS: '4', DATABASE_POOL_MAX: '10' };
// Two instances: no lock of one process may be what enforces the limit.
await startSession(space, limits);
await startSession(space, limits);
const client = await connectClient(space);
const { session } = client;
const { agent } = people(client);

const start = async (source?: string) =>
  accepted(await session.create({ userId: `user-${randomUUID()}`, ...(source && { source }) })).session.id;
const ask = (sessionId: string, cause?: 'customer_requested' | 'bot_failed') =>
  session.transfer({ sessionId, reason: 'urgent', priority: 'high', ...(cause && { cause }) });
const newAddress = () => randomUUID().replaceAll('-', '');

it('[S6] a hundred concurrent sessions of one address get the limit of one address', async () => {
  const address = newAddress();
  const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => start(`${address}.c${n}`)));
  const replies = await Promise.all(ids.map((id) => ask(id)));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(4);
  for (const reply of replies) if (!reply.ok) expect(reply.code).toBe('TOO_MANY_WAITING');
  for (const [index, id] of ids.entries())
    expect(accepted(await session.get({ sessionId: id })).session.status).toBe(replies[index]?.ok ? 'waiting' : 'bot');
  // Other addresses are not affected.
  accepted(await ask(await start(`${newAddress()}.ada`)));
});

it('[S6] one customer has a lower limit than its address, for every cause of a handoff', async () => {
  const address = newAddress();
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => start(`${address}.ada`)));
  accepted(await ask(first ?? '', 'customer_requested'));
  accepted(await ask(second ?? '', 'bot_failed'));
  for (const cause of [undefined, 'customer_requested', 'bot_failed'] as const)
    expect(refusal(await ask(third ?? '', cause))).toBe('TOO_MANY_WAITING');
  // A repeat is not another wait.
  expect(accepted(await ask(first ?? ''))).toMatchObject({ repeated: true });
  accepted(await ask(await start(`${address}.bob`)));
  accepted(await session.close({ sessionId: first ?? '', by: 'user' }));
  accepted(await ask(third ?? ''));
});

it('[S6] [Q3] a session goes back from an agent to its position in spite of the limit', async () => {
  const address = newAddress();
  const held = await start(`${address}.ada`);
  accepted(await ask(held));
  const agentId = await agent();
  accepted(await session.assign({ sessionId: held, agentId }));
  for (let n = 0; n < 2; n++) accepted(await ask(await start(`${address}.ada`)));
  const back = await session.release({ sessionId: held, agentId, to: { type: 'queue' }, reason: 'a break' });
  expect(accepted(back).session.status).toBe('waiting');
});

it('[S6] trusted networks and sessions of unknown source have no such limit', async () => {
  const trusted = trustedSource(`${newAddress()}.ada`);
  for (const source of [trusted, undefined]) for (let n = 0; n < 6; n++) accepted(await ask(await start(source)));
});
