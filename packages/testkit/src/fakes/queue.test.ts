import { queueApi, sessionApi } from '@baton/contracts';
import { directCaller } from './direct-caller.ts';
import { fakeQueue, noReports } from './queue.ts';
import { describeQueueContract } from './queue-contract.ts';
import { createWaitingSessions } from './waiting-sessions.ts';

describeQueueContract(async () => {
  const sessions = createWaitingSessions();
  const presence = noReports();
  let changes = 0;
  const session = directCaller(sessionApi, sessions.handlers);
  const queue = directCaller(queueApi, fakeQueue({ session, presence, onChange: () => changes++ }));
  return {
    queue,
    sessions,
    changes: () => changes,
    async reset() {
      sessions.reset();
      presence.present.clear();
    },
    stop: () => {},
  };
});
