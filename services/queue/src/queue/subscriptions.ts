import { type ControlEvent, channels, type SessionApi } from '@baton/contracts';
import { type Bus, type Caller, Unavailable } from '@baton/runtime';
import type { Assignments } from '../assignments/store-redis.ts';
import type { PositionBroadcast } from '../positions/broadcast.ts';
import type { QueueStore } from './store-redis.ts';

/**
 * Follows control of sessions: a session that starts to wait is queued, one that no longer waits is removed. A lost,
 * repeated or late event does no harm: epochs tell old from new, and the reconciler finds the rest.
 */
export function consumeControl(options: {
  bus: Pick<Bus, 'consume'>;
  queue: QueueStore;
  assignments: Assignments;
  broadcast: PositionBroadcast;
  session: Caller<SessionApi>;
}): { stop(): Promise<void> } {
  const { queue, assignments, broadcast, session } = options;

  const enqueue = async (sessionId: string) => {
    const reply = await session.get({ sessionId });
    if (!reply.ok) {
      if (reply.code === 'NOT_FOUND') return;
      throw new Unavailable(`session.get: ${reply.code}`);
    }
    const { session: now, wait } = reply.value;
    if (now.status !== 'waiting' || wait === null) return;
    const { reason, priority, requestedAt, brief, metadata } = wait;
    const { epoch } = now;
    await queue.put('correct', [{ sessionId, epoch, priority, requestedAt, reason, brief, metadata }]);
    await broadcast.sendNow(sessionId);
  };

  const handle = async (event: ControlEvent) => {
    const { sessionId, from, to, epoch, agentId } = event;
    // The change started this epoch, so the wait that it ended has an older one.
    if (from === 'waiting' && to !== 'waiting') await queue.remove([{ sessionId, epoch: epoch - 1 }], true);
    if (to === 'agent' && agentId !== undefined) await assignments.add([{ sessionId, agentId }]);
    else if (from === 'agent') await assignments.remove([{ sessionId }]);
    if (to === 'waiting') await enqueue(sessionId);
  };

  const consumer = options.bus.consume(channels.event.control, { durable: 'queue-control', handle });
  return { stop: consumer.leave };
}
