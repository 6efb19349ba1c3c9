import { testSpace } from '@baton/testkit';
import { expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { agentSays, assignedChat, agent } = people(client);

it('the next session goes to the agent with the lowest relative load; to nobody at full capacity', async () => {
  const available = async () => accepted(await session.availableAgent({})).agent;
  expect(await available()).toBeNull();
  const [small, large] = [await agent('Small', 1), await agent('Large', 4)];
  await assignedChat(large);
  expect((await available())?.id).toBe(small);
  await assignedChat(small);
  expect(await available()).toMatchObject({ id: large, active: 1 });
  // Two of sixteen is a lower load than one of four.
  const wide = await agent('Wide', 16);
  for (let n = 0; n < 2; n++) await assignedChat(wide);
  expect((await available())?.id).toBe(wide);
  accepted(await session.updateAgent({ agentId: wide, status: 'busy' }));
  await agentSays((await assignedChat(large)).id, large, 'hello');
  for (let n = 0; n < 2; n++) await assignedChat(large);
  expect(await available()).toBeNull();
});
