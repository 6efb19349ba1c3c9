import { accept, type QueueApi, refuse } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { fakeQueue as createFakeQueue, type QueueSessions } from '@baton/testkit/fakes';
import { type FakeWorld, noAgent, noSession, notHere } from './fake-world.ts';

/** The fake queue service of the testkit, with this world's sessions behind it. */
export function fakeQueue(world: FakeWorld): Handlers<QueueApi> {
  const { model, publishEntries, copy, waitingOf, answersHealth, calls, told, presence } = world;
  const { assign, notifyOfQueue } = world.act;

  const session: QueueSessions = {
    listWaiting: async () => accept({ waiting: model.waiting().map(waitingOf), hasMore: false }),
    transfer: notHere,
    async assign({ sessionId, agentId }) {
      const found = model.stored(sessionId);
      if (!model.agents.has(agentId)) return noAgent();
      if (!found) return noSession();
      if (found.session.status === 'agent') return refuse('ALREADY_TAKEN', `${found.session.agentName} has the chat.`);
      if (found.session.status !== 'waiting') return refuse('NOT_WAITING', 'The chat is not waiting.');
      assign(found, agentId);
      return accept({ session: copy(found.session), repeated: false });
    },
    async clearWaiting() {
      const waiting = model.waiting();
      for (const { session: one } of waiting) {
        const found = model.stored(one.id);
        if (found) publishEntries(model.change(found, { to: 'bot', cause: 'queue_cleared', by: 'system' }));
      }
      notifyOfQueue();
      return accept({ cleared: waiting.length });
    },
  };
  const queue = createFakeQueue({ session, autoAssign: true, presence });

  return {
    ...queue,
    add: (request) => {
      told.push(request.sessionId);
      return queue.add(request);
    },
    list: (request) => {
      calls.push({ endpoint: 'list', at: Date.now() });
      return queue.list(request);
    },
    health: () => answersHealth('queue', { redis: 'up' }),
  };
}
