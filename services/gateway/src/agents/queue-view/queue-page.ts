import type { QueuedSession, QueueStatus, Session } from '@baton/contracts';

/** Largest waiting list sent to agents, in characters of JSON, however large the free-form parts of sessions are. */
const MAX_VIEW_CHARACTERS = 65_536;

type Placed = Omit<QueueStatus, 'waitedSeconds'>;

/**
 * The agents' waiting list: who waits, in order, each session with its place. Sessions that the record no longer has
 * waiting are left out. When the whole would be too large, the later ones come without their free-form parts (bot
 * context, metadata, brief, metadata of the wait), and should that not be enough, the last not at all: `total` still
 * counts them, and the next page begins with them.
 */
export function buildWaitingView(waiting: readonly Placed[], sessions: readonly Session[]): QueuedSession[] {
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
