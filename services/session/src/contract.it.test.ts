import { channels } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import { describePublication, describeSessionContract } from '@baton/testkit/fakes/session-contract';
import { connectClient, startSession } from '../test/session-process.ts';

const space = await testSpace();
await startSession(space, { ANSWER_DEADLINE_MS: '3600000' });
const { session, bus } = await connectClient(space);

describeSessionContract(async () => {
  const published: string[] = [];
  for (const channel of [
    ...[channels.live.entry, channels.live.note, channels.event.control, channels.bot.asked],
    ...[channels.agent.assigned, channels.agent.changed, channels.agent.rated],
  ] as const)
    bus.subscribe(channel, {}, (payload) => published.push(describePublication(channel, payload)));
  await bus.flush();
  return { session, published, stop: () => {} };
});
