import { accept, type QueueApi, type SessionApi, type WaitingSession } from '@baton/contracts';
import { type Caller, countFitting, type Handlers } from '@baton/runtime';
import type { HeartbeatStore } from '../cluster/store-redis.ts';
import type { PositionReader } from '../positions/position-reader.ts';
import { createAddEndpoint } from './add-endpoint.ts';
import { refuseWhileRebuilding } from './refuse-while-rebuilding.ts';
import type { QueueStore } from './store-redis.ts';
import { ANY_EPOCH } from './store-redis.ts';

/** NATS carries 1 MiB in a message by default; a longer list ends where the message is full. */
const MAX_BYTES = 900_000;

export function queueEndpoints(options: {
  queue: QueueStore;
  heartbeats: HeartbeatStore;
  session: Caller<SessionApi>;
  positions: PositionReader;
  autoAssign: boolean;
  /** Reconciles at once. @throws Unavailable */
  reconcileNow: () => Promise<void>;
}): Pick<Handlers<QueueApi>, 'add' | 'next' | 'remove' | 'length' | 'list' | 'clear'> {
  const { queue, heartbeats, session } = options;

  return {
    add: createAddEndpoint(options),

    async next() {
      const [{ lengths, waiting }, { reconciledAt }] = await Promise.all([
        queue.firstInOrder(1, true),
        heartbeats.send(),
      ]);
      const [first] = waiting;
      if (first === undefined && (lengths.total > 0 || reconciledAt === null)) return refuseWhileRebuilding();
      return accept({ next: first === undefined ? null : withWaitingTime(first) });
    },

    async remove({ sessionId }) {
      return accept({ removed: (await queue.remove([{ sessionId, epoch: ANY_EPOCH }], false)) > 0 });
    },

    async length() {
      return accept((await heartbeats.send()).lengths);
    },

    async list({ after, limit }) {
      const { lengths, waiting } = await queue.firstInOrder(limit, true, after);
      const all = waiting.map(withWaitingTime);
      const first = all.slice(0, countFitting(all, MAX_BYTES));
      return accept({ lengths, waiting: first, autoAssign: options.autoAssign });
    },

    async clear() {
      const reply = await session.clearWaiting({});
      if (reply.ok) await options.reconcileNow();
      return reply;
    },
  };
}

const withWaitingTime = <Waiting extends WaitingSession>(waiting: Waiting) => ({
  ...waiting,
  waitedSeconds: Math.max(0, Date.now() - Date.parse(waiting.requestedAt)) / 1_000,
});
