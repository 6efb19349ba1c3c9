import { accept, type ParsedRequestOf, type QueueApi, type ReplyOf, refuse, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { Line } from './store-redis.ts';

type Add = QueueApi['endpoints']['add'];
type PositionOf = (sessionId: string) => Promise<(ReplyOf<Add> & { ok: true })['value']['position'] | null>;

/**
 * Puts a session in line. A caller who gives the wait as the record has it, with its epoch and its start, is taken at
 * its word. Any other is sent by way of the record: a session that the bot has begins to wait there first, so that the
 * comparison with the record finds the two agreed; and one that waits keeps the wait that it has.
 */
export function createAdd(parts: { line: Line; session: Caller<SessionApi>; positionOf: PositionOf }) {
  const { line, session } = parts;

  const byTheRecord = async (asked: ParsedRequestOf<Add>) => {
    const { sessionId, reason, priority, metadata, brief, epoch } = asked;
    const reply = await session.transfer({
      sessionId,
      reason,
      priority,
      ...(metadata !== undefined && { metadata }),
      ...(brief && { brief }),
      ...(epoch !== undefined && { epoch }),
    });
    if (!reply.ok) return reply;
    const { wait, session: now } = reply.value;
    return accept({
      sessionId,
      epoch: now.epoch,
      priority: wait.priority,
      requestedAt: wait.requestedAt,
      reason: wait.reason,
      brief: wait.brief,
      metadata: wait.metadata,
    });
  };

  return async (asked: ParsedRequestOf<Add>): Promise<ReplyOf<Add>> => {
    const { epoch, requestedAt, brief } = asked;
    const isKnown = epoch !== undefined && requestedAt !== undefined;
    const waiting = isKnown ? accept({ ...asked, epoch, requestedAt, brief: brief ?? null }) : await byTheRecord(asked);
    if (!waiting.ok) return waiting;
    const { added } = await line.put('keep', [waiting.value]);
    const position = await parts.positionOf(asked.sessionId);
    // It can be claimed between the two.
    if (position === null) return refuse('UNAVAILABLE', 'The session has left the line again.');
    return accept({ added: added > 0, position });
  };
}
