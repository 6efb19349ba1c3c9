import { channels, type SessionApi } from '@baton/contracts';
import { type Bus, type Caller, type Loop, Unavailable } from '@baton/runtime';
import { type Cluster, startLeaderLoop } from '../cluster/leader-loop.ts';
import { readQueue } from '../queue/reconcile.ts';
import type { CustomerConnection, QueueStore } from '../queue/store-redis.ts';

/** Sessions from anywhere in the queue that are checked in one run, in turn. */
const CHECKED_PER_RUN = 250;
/** The first sessions of the queue are checked in every run, because agents are given them next. */
const FRONT = 50;
/** A customer without a socket for this long is away. Longer than a reload or the restart of a gateway. */
const AWAY_AFTER_MS = 5_000;
/** A gateway that has the customer answers within this time. */
const ANSWER_TIMEOUT_MS = 2_000;
const MAX_EVERY_MS = 1_000;
/** A customer is checked at least this often before the wait is abandoned. */
const MIN_CHECKS = 5;

/**
 * A customer who has left does not stay in the queue for ever. A customer is away when no gateway has a socket for the
 * session. After some seconds away, the session sorts behind the present ones of its priority, and has its position
 * again when the customer is back [S6]. After `abandonAfterMs` away, the session returns to the bot, where the customer
 * finds it later.
 *
 * The gateways' sockets are the source of truth, and every check asks them: what Redis loses, the next check restores.
 * Only the leader knows since when each customer is away, so that time restarts when another instance takes over.
 */
export function startAbandonment(options: {
  cluster: Cluster;
  bus: Pick<Bus, 'ask'>;
  /** Whether any gateway answers. Without one every customer would look away. */
  hasGateway: () => Promise<boolean>;
  queue: QueueStore;
  session: Caller<SessionApi>;
  abandonAfterMs: number;
}): Loop {
  const { cluster, bus, hasGateway, queue, session, abandonAfterMs } = options;
  const everyMs = Math.min(MAX_EVERY_MS, abandonAfterMs / MIN_CHECKS);
  let awaySince = new Map<string, number>();
  /** The sessions still to check in this pass over the queue. */
  let pending: string[] = [];

  const abandon = async (sessionId: string) => {
    const minutes = Math.max(1, Math.round(abandonAfterMs / 60_000));
    const reason = `The customer was away for more than ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
    const reply = await session.cancelTransfer({ sessionId, cause: 'customer_left', reason });
    if (reply.ok) cluster.log.info({ sessionId }, 'an abandoned wait has ended');
    else if (reply.code === 'UNAVAILABLE' || reply.code === 'TIMEOUT' || reply.code === 'INTERNAL')
      throw new Unavailable(`session.cancelTransfer: ${reply.code}`);
  };

  const nextToCheck = async (): Promise<string[]> => {
    if (pending.length === 0) {
      pending = [...(await readQueue(queue)).keys()];
      const waiting = new Set(pending);
      awaySince = new Map([...awaySince].filter(([sessionId]) => waiting.has(sessionId)));
    }
    if (pending.length === 0) return [];
    const { order } = await queue.firstInOrder(FRONT, false);
    return [...new Set([...order.map(({ sessionId }) => sessionId), ...pending.splice(0, CHECKED_PER_RUN)])];
  };

  const check = async (sessionId: string): Promise<CustomerConnection | 'unknown'> => {
    const timeoutMs = ANSWER_TIMEOUT_MS;
    const answer = await bus.ask(channels.live.attendance, { session: sessionId }, {}, { timeoutMs });
    // A timeout proves nothing: a gateway with only the agent's socket subscribes too, and never answers.
    if (answer !== 'nobody subscribes') {
      awaySince.delete(sessionId);
      return answer === 'answered' ? 'connected' : 'unknown';
    }
    const since = awaySince.get(sessionId) ?? Date.now();
    awaySince.set(sessionId, since);
    const awayMs = Date.now() - since;
    if (awayMs >= abandonAfterMs) {
      await abandon(sessionId);
      awaySince.delete(sessionId);
    }
    return awayMs >= AWAY_AFTER_MS ? 'away' : 'unknown';
  };

  return startLeaderLoop(cluster, {
    job: 'abandonment',
    everyMs,
    lockMs: Math.round(everyMs * 2 + ANSWER_TIMEOUT_MS),
    async run() {
      const sessions = await nextToCheck();
      if (sessions.length === 0) return;
      const seen = new Map<string, CustomerConnection>();
      await Promise.all(
        sessions.map(async (sessionId) => {
          const connection = await check(sessionId);
          if (connection !== 'unknown') seen.set(sessionId, connection);
        }),
      );
      // Asked after the check: a gateway that stopped meanwhile has disconnected its customers.
      if ((await hasGateway()) || ![...seen.values()].includes('away')) await queue.markAway(seen);
    },
  });
}
