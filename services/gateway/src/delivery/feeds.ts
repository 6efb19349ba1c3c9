import type { Head, SessionApi } from '@baton/contracts';
import { type Bus, type Caller, type Log, type Metrics, startLoop } from '@baton/runtime';
import type { Subscription } from '../connections/connection.ts';
import { inBackground } from '../platform/background.ts';
import type { CatchUpPace } from './catch-up/catch-up-pace.ts';
import { type Feed, openFeed, type Subscriber } from './feed.ts';
import { chooseDue } from './reconciliation-order.ts';

const RECONCILE_MS = 4_000;
/** Sessions in one request. */
const HEADS_PER_REQUEST = 1_000;
/** Most sessions that one round compares; the others follow later, those with recent activity first. */
const COMPARED_PER_ROUND = 5_000;

/**
 * The sessions with sockets on this gateway: a feed is open from the first subscriber to the last. NATS brings what
 * happens; reconciliation with the session service finds what NATS did not bring. [M5]
 */
export function startFeeds(options: {
  bus: Pick<Bus, 'publish' | 'subscribeAll'>;
  session: Pick<Caller<SessionApi>, 'listEntries' | 'heads'>;
  pace: CatchUpPace;
  log: Log;
  metrics: Metrics;
}) {
  const feeds = new Map<string, Feed>();
  const { metrics, session, log } = options;
  metrics.gauge('baton_sessions_watched', 'Sessions with sockets on this gateway', () => feeds.size);
  const gaps = metrics.counter('baton_gaps_fetched_total', 'Gaps between published entries that had to be fetched');
  const compared = metrics.counter('baton_sessions_compared_total', 'Sessions compared with the record');
  const behind = metrics.counter('baton_sessions_found_behind_total', 'Compared sessions that had missed something');

  const compare = async (chosen: Feed[]) => {
    for (let from = 0; from < chosen.length; from += HEADS_PER_REQUEST) {
      const slice = chosen.slice(from, from + HEADS_PER_REQUEST);
      const reply = await session.heads({ sessionIds: slice.map(({ sessionId }) => sessionId) });
      if (!reply.ok) return void log.warn({ code: reply.code }, 'sessions cannot be compared now');
      const now = Date.now();
      for (const feed of slice) feed.comparedAt = now;
      compared.inc(slice.length);
      reply.value.heads.forEach(catchUp);
    }
  };
  const catchUp = (head: Head) => {
    const feed = feeds.get(head.sessionId);
    if (feed === undefined || head.lastSeq <= feed.shown) return;
    behind.inc();
    feed.expect(head.lastSeq);
  };
  const loop = startLoop({
    name: 'reconciliation of feeds',
    everyMs: RECONCILE_MS,
    log,
    run: () => compare(chooseDue([...feeds.values()], Date.now(), COMPARED_PER_ROUND)),
  });

  return {
    get size() {
      return feeds.size;
    },
    /** A socket follows a session. Nothing is shown before `begin`. */
    subscribe(sessionId: string, subscriber: Subscriber): Subscription {
      let feed = feeds.get(sessionId);
      if (feed === undefined) {
        const opened = openFeed(sessionId, { ...options, onGap: () => gaps.inc() }, () => {
          opened.close();
          feeds.delete(sessionId);
        });
        feeds.set(sessionId, opened);
        feed = opened;
      }
      return feed.subscribe(subscriber);
    },
    /** How far the log of a session was shown on this gateway; 0 without a feed. */
    shownOf: (sessionId: string): number => feeds.get(sessionId)?.shown ?? 0,
    /** Whether the customer has a socket on this gateway. */
    hasCustomer: (sessionId: string): boolean => feeds.get(sessionId)?.hasCustomer ?? false,
    refresh: (sessionId: string) => feeds.get(sessionId)?.refresh(),
    /** After a time without NATS. */
    reconcileNow: () => inBackground(log, 'reconcile all feeds', compare([...feeds.values()])),
    async stop(): Promise<void> {
      await loop.stop();
      for (const feed of feeds.values()) feed.close();
      feeds.clear();
    },
  };
}
export type Feeds = ReturnType<typeof startFeeds>;
