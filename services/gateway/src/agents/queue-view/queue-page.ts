import type { QueuedSession, QueueStatus, Session } from '@baton/contracts';

/** Largest page of the queue, in characters of JSON, whatever the size of the free-form parts of sessions. */
const MAX_VIEW_CHARACTERS = 65_536;

type Positioned = Omit<QueueStatus, 'waitedSeconds'>;

/**
 * The queue as agents see it: the waiting sessions in order, each with its position. A session that no longer waits by
 * its record is left out. A page that would be too large carries the later sessions without their free-form parts (bot
 * context, metadata, brief, metadata of the wait). If it is still too large, the last ones are cut off: `total` counts
 * them, and the next page starts with them.
 */
export function buildQueuePage(waiting: readonly Positioned[], sessions: readonly Session[]): QueuedSession[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const whole: QueuedSession[] = [];
  for (const { sessionId, reason, priority, requestedAt, brief, metadata, position } of waiting) {
    const session = byId.get(sessionId);
    if (session?.status !== 'waiting') continue;
    whole.push({ ...session, queueInfo: { sessionId, reason, priority, requestedAt, brief, metadata, position } });
  }

  let size = 0;
  const view: QueuedSession[] = [];
  for (const bare of whole.map(withoutFreeParts)) {
    if (size + sizeOf(bare) > MAX_VIEW_CHARACTERS) break;
    size += sizeOf(bare);
    view.push(bare);
  }
  for (const [index, bare] of view.entries()) {
    const full = whole[index] ?? bare;
    const more = sizeOf(full) - sizeOf(bare);
    if (size + more > MAX_VIEW_CHARACTERS) break;
    size += more;
    view[index] = full;
  }
  return view;
}

const sizeOf = (one: QueuedSession) => JSON.stringify(one).length;

const withoutFreeParts = (one: QueuedSession): QueuedSession => ({
  ...one,
  botContext: null,
  metadata: {},
  queueInfo: { ...one.queueInfo, brief: null, metadata: {} },
});
