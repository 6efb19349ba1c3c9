import type { WaitingSession } from '@baton/contracts';
import { createLog } from '@baton/runtime';
// The one place where a measurement reaches into a service: what is compared here is the order of waiting in Redis by
// itself, as the others have neither NATS nor a record in Postgres behind them.
import { createReservations } from '../../services/queue/src/claims/store-redis.ts';
import { connectRedis } from '../../services/queue/src/platform/connection-redis.ts';
import { createQueueStore } from '../../services/queue/src/queue/store-redis.ts';
import { type ContenderQueue, inParts, levelOf, oneByOne } from './queue.ts';

const STEP_MS = 300_000;
const priorities = ['high', 'normal', 'low'] as const;

/** The queue service's own queue. */
export async function batonQueue(redisUrl: string): Promise<ContenderQueue> {
  const log = createLog({ service: 'bench', instance: 'bench', level: 'warn' });
  let ready = () => {};
  const connected = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const redis = connectRedis({ url: redisUrl, password: undefined, name: 'bench', log, onReady: () => ready() });
  await connected;
  const options = { redis, prefix: 'bench:', stepMs: STEP_MS };
  const queue = createQueueStore(options);
  const reservations = createReservations(options);
  let waits = 0;
  const waiting = (sessionId: string): WaitingSession => ({
    sessionId,
    epoch: 2,
    priority: priorities[levelOf(sessionId)],
    requestedAt: new Date(1_700_000_000_000 + waits++ * 10).toISOString(),
    reason: 'The customer asked for a human.',
    brief: null,
  });
  const claim = async () => {
    const reserved = await reservations.reserve('agent');
    // As the service does: by then the assignment has raised the epoch.
    if (reserved.outcome === 'reserved')
      await queue.removeClaimed(reserved.sessionId, reserved.epoch + 1, reserved.startMs);
  };
  return {
    async fill(ids) {
      for (const part of inParts(ids, 200)) await queue.put('keep', part.map(waiting));
    },
    enqueue: (id) => queue.put('keep', [waiting(id)]),
    claim,
    claimMany: oneByOne(claim),
    position: (id) => queue.position(id),
    remove: (id) => queue.remove([{ sessionId: id, epoch: 2 }], true),
    close: async () => redis.close(),
  };
}
