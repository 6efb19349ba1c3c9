import { testSpace, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
const client = await connectClient(space);
const { session } = client;
const { startChat, assignedChat, agent, customerSays, agentSays, log } = people(client);
for (let n = 0; n < 2; n++) await startSession(space, { MAX_CHAT_ENTRIES: '20', MAX_CHAT_BYTES: '100000' });

const ended = async (id: string) => accepted(await session.get({ sessionId: id })).session.status === 'closed';

it('[S6] ends a session with too many entries, says why, and keeps what was stored', async () => {
  const { id } = await startChat();
  for (let n = 0; n < 19; n++) accepted(await customerSays(id, `word ${n}`));
  expect(await ended(id)).toBe(false);
  accepted(await customerSays(id, 'one more'));
  await until(() => ended(id));
  const entries = await log(id);
  expect(entries).toHaveLength(22);
  expect(entries.at(-1)).toMatchObject({
    sender: 'system',
    content: 'The chat was ended because it had become too long; a new one can be started.',
    change: { from: 'bot', to: 'closed', cause: 'too_long', by: 'system' },
  });
  expect(refusal(await customerSays(id, 'and another'))).toBe('SESSION_CLOSED');
  // The customer continues in another session.
  accepted(await customerSays((await startChat()).id, 'hello again'));
});

it('[S6] ends a session with too many bytes, also with an agent, whose capacity is free then', async () => {
  const eve = await agent('Eve', 1);
  const { id } = await assignedChat(eve);
  const words = 'x'.repeat(16_000);
  for (let n = 0; n < 6; n++) accepted(await agentSays(id, eve, words));
  expect(await ended(id)).toBe(false);
  accepted(await agentSays(id, eve, words));
  await until(() => ended(id));
  await assignedChat(eve);
});
