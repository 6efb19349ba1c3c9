import { accept, channels, type Seen } from '@baton/contracts';
import { type Bus, type Coalesced, coalesce } from '@baton/runtime';
import { type Assignments, notFound, participantIn } from '../access/rights.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { Feeds } from './feeds.ts';

/** Shortest time between two publications for one socket and session. */
const PUBLISH_MS = 500;

interface ReadMark {
  newest: Seen;
  published: number;
  publication: Coalesced;
}

/** [M6] Publishes how far each side has read: the newest number only, and never beyond what the socket was shown. */
export function createSeenPublisher(options: {
  agents: Assignments;
  feeds: Pick<Feeds, 'shownOf'>;
  bus: Pick<Bus, 'publish'>;
}) {
  const { agents, feeds, bus } = options;
  const marks = new Map<Connection, Map<string, ReadMark>>();

  const createMark = (first: Seen): ReadMark => {
    const mark: ReadMark = {
      newest: first,
      published: 0,
      publication: coalesce({
        everyMs: PUBLISH_MS,
        run() {
          mark.published = mark.newest.seq;
          bus.publish(channels.live.seen, { session: mark.newest.sessionId }, mark.newest);
        },
      }),
    };
    return mark;
  };
  const update = (connection: Connection, seen: Seen) => {
    const seq = Math.min(seen.seq, feeds.shownOf(seen.sessionId));
    if (connection.gone || seq < 1) return;
    const own = marks.get(connection) ?? new Map<string, ReadMark>();
    marks.set(connection, own);
    const mark = own.get(seen.sessionId) ?? createMark(seen);
    own.set(seen.sessionId, mark);
    mark.newest = { ...seen, seq: Math.max(seq, mark.published) };
    if (mark.newest.seq > mark.published) mark.publication.ask();
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
      for (const { publication } of marks.get(connection)?.values() ?? []) void publication.stop();
      marks.delete(connection);
    },
  };
}
export type SeenPublisher = ReturnType<typeof createSeenPublisher>;
