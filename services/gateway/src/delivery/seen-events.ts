import { accept, channels, type Seen } from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import { type Assignments, notFound, participantIn } from '../access/session-access.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { Feeds } from './feeds.ts';

/** Shortest time between two publications for one socket and session. */
const PUBLISH_MS = 500;

interface ReadMark {
  newest: Seen;
  published: number;
  timer: NodeJS.Timeout | undefined;
}

/** [M6] Publishes how far each side has read: the newest number only, and never beyond what the socket was shown. */
export function seenEvents(options: { agents: Assignments; feeds: Pick<Feeds, 'shownOf'>; bus: Pick<Bus, 'publish'> }) {
  const { agents, feeds, bus } = options;
  const marks = new Map<Connection, Map<string, ReadMark>>();

  const publishNewest = (mark: ReadMark) => {
    mark.timer = undefined;
    const { newest } = mark;
    if (newest.seq <= mark.published) return;
    mark.published = newest.seq;
    bus.publish(channels.live.seen, { session: newest.sessionId }, newest);
    mark.timer = setTimeout(publishNewest, PUBLISH_MS, mark);
  };
  const update = (connection: Connection, seen: Seen) => {
    const seq = Math.min(seen.seq, feeds.shownOf(seen.sessionId));
    if (connection.gone || seq < 1) return;
    const own = marks.get(connection) ?? new Map<string, ReadMark>();
    marks.set(connection, own);
    const mark = own.get(seen.sessionId) ?? { newest: seen, published: 0, timer: undefined };
    own.set(seen.sessionId, mark);
    mark.newest = { ...seen, seq: Math.max(seq, mark.published) };
    if (mark.timer === undefined) publishNewest(mark);
  };

  const handlers: EventHandlers<'seen'> = {
    async seen(connection, { sessionId, seq }) {
      const participant = await participantIn(connection, sessionId, agents);
      if (participant === undefined) return notFound();
      update(connection, { sessionId, sender: participant.sender, seq });
      return accept({});
    },
  };
  return {
    handlers,
    /** The socket is closed. */
    ended(connection: Connection): void {
      for (const { timer } of marks.get(connection)?.values() ?? []) clearTimeout(timer);
      marks.delete(connection);
    },
  };
}
export type SeenEvents = ReturnType<typeof seenEvents>;
