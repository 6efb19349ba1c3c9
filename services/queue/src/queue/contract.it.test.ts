import { channels } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import { describeQueueContract } from '@baton/testkit/fakes/queue-contract';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();

describeQueueContract(async () => {
  const installation = await createInstallation(space);
  const { bus, queue, session: sessions, empty: reset, stop } = installation;
  let changes = 0;
  await bus.subscribe(channels.queue.changed, {}, () => changes++).ready();
  await installation.startQueue();
  await installation.startQueue();
  return { queue, sessions, changes: () => changes, reset, stop };
});
