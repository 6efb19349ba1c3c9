import { accept, type Seen, type Subjects } from '@baton/contracts';
import type { Announcer } from '@baton/runtime';
import { holds, notFound, onDuty } from '../access/holder.ts';
import type { Desk } from '../agents/desk.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { Watches } from './feeds.ts';

/** How far somebody has read is passed on this often at most. */
const PASS_MS = 500;

interface Reading {
  /** Newest that was asked for. */
  newest: Seen;
  passed: number;
  timer: NodeJS.Timeout | undefined;
}

/** [M6] Passes on how far each side has read: the newest number, never beyond what it was shown, and coalesced. */
export function seenEvents(options: {
  desk: Pick<Desk, 'holds'>;
  watches: Pick<Watches, 'shownOf'>;
  announcer: Pick<Announcer, 'live'>;
  subjects: Subjects;
}) {
  const { desk, watches, announcer, subjects } = options;
  const readings = new Map<Connection, Map<string, Reading>>();

  const pass = (reading: Reading) => {
    reading.timer = undefined;
    const { newest } = reading;
    if (newest.seq <= reading.passed) return;
    reading.passed = newest.seq;
    announcer.live(subjects.live(newest.sessionId, 'seen'), newest);
    reading.timer = setTimeout(pass, PASS_MS, reading);
  };
  const take = (connection: Connection, seen: Seen) => {
    const seq = Math.min(seen.seq, watches.shownOf(seen.sessionId));
    if (connection.gone || seq < 1) return;
    const own = readings.get(connection) ?? new Map<string, Reading>();
    readings.set(connection, own);
    const reading = own.get(seen.sessionId) ?? { newest: seen, passed: 0, timer: undefined };
    own.set(seen.sessionId, reading);
    reading.newest = { ...seen, seq: Math.max(seq, reading.passed) };
    if (reading.timer === undefined) pass(reading);
  };

  const handlers: EventHandlers<'seen'> = {
    async seen(connection, { sessionId, seq }) {
      const agent = await onDuty(connection);
      if (agent !== undefined) {
        if (!desk.holds(agent.agentId, sessionId)) return notFound();
        take(connection, { sessionId, sender: 'agent', seq });
      } else {
        if (!(await holds(connection, sessionId))) return notFound();
        take(connection, { sessionId, sender: 'user', seq });
      }
      return accept({});
    },
  };
  return {
    handlers,
    /** The socket has closed. */
    ended(connection: Connection): void {
      for (const { timer } of readings.get(connection)?.values() ?? []) clearTimeout(timer);
      readings.delete(connection);
    },
  };
}
