import { accept, type ParsedRequestOf, type QueueApi, type ReplyOf, refuse, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { PositionReader } from '../positions/position-reader.ts';
import type { QueueStore } from './store-redis.ts';

type Add = QueueApi['endpoints']['add'];

/**
 * Puts a session in the queue. A request with the epoch and the start of the wait comes from a caller that has read
 * them from Postgres, and is applied unchanged. Any other request goes through the session service: a session that the
 * bot has starts to wait there first, so that the reconciler finds both in agreement; one that waits already keeps its
 * wait.
 */
export function createAddEndpoint(options: {
  queue: QueueStore;
  session: Caller<SessionApi>;
  positions: PositionReader;
}) {
  const { queue, session, positions } = options;

  const transfer = async ({ requestedAt: _, brief, ...request }: ParsedRequestOf<Add>) => {
    const reply = await session.transfer({ ...request, brief: brief ?? undefined });
    if (!reply.ok) return reply;
    const { position: __, ...wait } = reply.value.wait;
    return accept({ ...wait, epoch: reply.value.session.epoch });
  };

  return async (request: ParsedRequestOf<Add>): Promise<ReplyOf<Add>> => {
    const { epoch, requestedAt, brief } = request;
    const isKnown = epoch !== undefined && requestedAt !== undefined;
    const waiting = isKnown
      ? accept({ ...request, epoch, requestedAt, brief: brief ?? null })
      : await transfer(request);
    if (!waiting.ok) return waiting;
    const { added } = await queue.put('keep', [waiting.value]);
    const position = await positions.read(request.sessionId);
    // An agent can claim it between the two.
    if (position === null) return refuse('UNAVAILABLE', 'The session has left the queue again.');
    return accept({ added: added > 0, position });
  };
}
