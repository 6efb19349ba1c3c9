import type { Head, SessionApi, Subjects } from '@baton/contracts';
import type { Caller, Log, Metrics } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import type { CatchUpPace } from './catch-up/catch-up-pace.ts';
import { chooseDue } from './choose-due.ts';
import { openWatch, type Seat, type Sitter, type Watch } from './feed.ts';

/** Sessions asked about in one request. */
const HEADS_PER_REQUEST = 1_000;
/** Sessions compared in one round at most; the others come later, those with recent activity first. */
const COMPARED_PER_ROUND = 5_000;

/**
 * The sessions that have sockets on this gateway: watched from the first seat to the last. NATS brings what happens;
 * comparing with the record finds what it did not bring. [M5]
 */
export function createWatches(options: {
  nats: NatsConnection;
  subjects: Subjects;
  session: Pick<Caller<SessionApi>, 'listEntries' | 'heads'>;
  pace: CatchUpPace;
  log: Log;
  metrics: Metrics;
}) {
  const watches = new Map<string, Watch>();
  const { metrics, session, log } = options;
  metrics.gauge('baton_sessions_watched', 'Sessions with sockets on this gateway', () => watches.size);
  const gaps = metrics.counter('baton_gaps_fetched_total', 'Gaps in what was announced that had to be fetched');
  const compared = metrics.counter('baton_sessions_compared_total', 'Sessions compared with the record');
  const behind = metrics.counter('baton_sessions_found_behind_total', 'Compared sessions that had missed something');

  const compare = async (chosen: Watch[]) => {
    for (let from = 0; from < chosen.length; from += HEADS_PER_REQUEST) {
      const slice = chosen.slice(from, from + HEADS_PER_REQUEST);
      const reply = await session.heads({ sessionIds: slice.map(({ sessionId }) => sessionId) });
      if (!reply.ok) return void log.warn({ code: reply.code }, 'sessions cannot be compared now');
      const now = Date.now();
      for (const watch of slice) watch.comparedAt = now;
      compared.inc(slice.length);
      reply.value.heads.forEach(catchUp);
    }
  };
  const catchUp = (head: Head) => {
    const watch = watches.get(head.sessionId);
    if (watch === undefined || head.lastSeq <= watch.shown) return;
    behind.inc();
    watch.expect(head.lastSeq);
  };

  return {
    get size() {
      return watches.size;
    },
    /** A socket takes its place at a session. It is shown nothing before `begin`. */
    sit(sessionId: string, sitter: Sitter): Seat {
      let watch = watches.get(sessionId);
      if (watch === undefined) {
        const opened = openWatch(sessionId, { ...options, onGap: () => gaps.inc() }, () => {
          opened.close();
          watches.delete(sessionId);
        });
        watches.set(sessionId, opened);
        watch = opened;
      }
      return watch.sit(sitter);
    },
    /** How far the log of a session was shown here; 0 when it has no sockets. */
    shownOf: (sessionId: string): number => watches.get(sessionId)?.shown ?? 0,
    /** Whether the customer has a socket on this gateway. */
    hasCustomer: (sessionId: string): boolean => watches.get(sessionId)?.hasCustomer ?? false,
    refresh: (sessionId: string) => watches.get(sessionId)?.refresh(),
    /** One round of the comparing loop. */
    compareDue: () => compare(chooseDue([...watches.values()], Date.now(), COMPARED_PER_ROUND)),
    /** After a time without NATS. */
    compareAll: () => compare([...watches.values()]),
    closeAll(): void {
      for (const watch of watches.values()) watch.close();
      watches.clear();
    },
  };
}
export type Watches = ReturnType<typeof createWatches>;
