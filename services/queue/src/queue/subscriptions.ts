import type { ControlEvent, SessionApi, Subjects } from '@baton/contracts';
import { type Caller, consumeEvents, type Log, Unavailable } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import type { Pusher } from '../positions/broadcast.ts';
import type { Hands } from '../presence/assignments-redis.ts';
import type { Line } from './store-redis.ts';

/**
 * What the queue does when control of a session has changed: whoever begins to wait joins the line, whoever no longer
 * waits leaves it. An event that is lost, doubled or late harms nothing: epochs tell old from new, and the comparing
 * loop finds the rest.
 */
export function startReacting(options: {
  nats: NatsConnection;
  subjects: Subjects;
  line: Line;
  hands: Hands;
  pusher: Pusher;
  session: Caller<SessionApi>;
  log: Log;
}): { stop(): Promise<void> } {
  const { line, hands, pusher, session } = options;

  const join = async (sessionId: string) => {
    const reply = await session.get({ sessionId });
    if (!reply.ok) {
      if (reply.code === 'NOT_FOUND') return;
      throw new Unavailable(`session.get: ${reply.code}`);
    }
    const { session: now, wait } = reply.value;
    if (now.status !== 'waiting' || wait === null) return;
    const { reason, priority, requestedAt, brief, metadata } = wait;
    const { epoch } = now;
    await line.put('correct', [{ sessionId, epoch, priority, requestedAt, reason, brief, metadata }]);
    await pusher.tellNow(sessionId);
  };

  const react = async (event: ControlEvent) => {
    const { sessionId, from, to, epoch, agentId } = event;
    // The change began this epoch, so the wait that it ended has an older one.
    if (from === 'waiting' && to !== 'waiting') await line.remove([{ sessionId, epoch: epoch - 1 }], true);
    if (to === 'agent' && agentId !== undefined) await hands.take([{ sessionId, agentId }]);
    else if (from === 'agent') await hands.drop([{ sessionId }]);
    if (to === 'waiting') await join(sessionId);
  };

  return consumeEvents({
    nats: options.nats,
    subjects: options.subjects,
    durable: 'queue-control',
    kind: 'control',
    log: options.log,
    handle: react,
  });
}
