import type { HourOfStats, SessionStatus, SystemStats } from '@baton/contracts';
import type { Database } from '../platform/database-postgres.ts';
import type { RatingStore } from '../ratings/store-postgres.ts';

/** Ratings listed one by one. */
const RECENT_RATINGS = 20;

const BY_STATUS = `/* figures by status */
SELECT status, count(*)::int AS sessions FROM chat_sessions GROUP BY status`;

const OPEN = `/* figures open */
SELECT status, count(*)::int AS sessions FROM chat_sessions WHERE status IN ('bot', 'waiting', 'agent') GROUP BY status`;

/**
 * Whether the customer of a closed session `f` left it. A session in which the customer never wrote counts as left,
 * also when it was closed.
 */
const ABANDONED = `(f.closed_cause IS NOT DISTINCT FROM 'abandoned'
  OR (f.first_customer_at IS NULL AND f.first_agent_id IS NULL))`;

const LAST_DAY = `/* figures of the day */
WITH since AS MATERIALIZED (SELECT now() - interval '24 hours' AS at)
SELECT
  (SELECT count(*)::int FROM messages WHERE kind = 'message' AND timestamp > (SELECT at FROM since)) AS messages,
  (SELECT count(*)::int FROM transfer_queue WHERE enqueued_at > (SELECT at FROM since)) AS transfers,
  (SELECT avg(extract(epoch FROM processed_at - enqueued_at))::float8 FROM transfer_queue
    WHERE processed_at > (SELECT at FROM since)) AS "averageWaitSeconds",
  (SELECT avg(handling_time)::float8 FROM session_analytics
    WHERE last_hold_ended_at > (SELECT at FROM since)) AS "averageHandlingSeconds",
  (SELECT avg(first_response_time)::float8 FROM session_analytics
    WHERE created_at > (SELECT at FROM since)) AS "averageFirstResponseMs",
  ended."botResolutionShare", ended."abandonedLast24h",
  (SELECT avg(rating)::float8 FROM session_analytics WHERE rated_at > (SELECT at FROM since)) AS "averageRating",
  (SELECT count(*)::int FROM session_analytics WHERE rated_at > (SELECT at FROM since)) AS "ratings"
FROM (
  SELECT (avg((f.first_agent_id IS NULL)::int) FILTER (WHERE NOT ${ABANDONED}))::float8 AS "botResolutionShare",
    (count(*) FILTER (WHERE ${ABANDONED}))::int AS "abandonedLast24h"
  FROM chat_sessions s JOIN session_analytics f ON f.session_id = s.id WHERE s.closed_at > (SELECT at FROM since)
) ended`;

const HOURS = `/* figures by hour */
WITH first AS MATERIALIZED (SELECT date_trunc('hour', now()) - interval '23 hours' AS at),
  said AS (SELECT date_trunc('hour', timestamp) AS hour, count(*)::int AS messages FROM messages
    WHERE kind = 'message' AND timestamp >= (SELECT at FROM first) GROUP BY 1),
  waited AS (SELECT date_trunc('hour', processed_at) AS hour, avg(extract(epoch FROM processed_at - enqueued_at))::float8 AS seconds
    FROM transfer_queue WHERE processed_at >= (SELECT at FROM first) GROUP BY 1),
  held AS (SELECT date_trunc('hour', last_hold_ended_at) AS hour, avg(handling_time)::float8 AS seconds
    FROM session_analytics WHERE last_hold_ended_at >= (SELECT at FROM first) GROUP BY 1),
  ended AS (SELECT date_trunc('hour', s.closed_at) AS hour, count(*)::int AS closed,
      (count(*) FILTER (WHERE f.first_agent_id IS NULL AND NOT ${ABANDONED}))::int AS by_bot,
      (count(*) FILTER (WHERE ${ABANDONED}))::int AS abandoned
    FROM chat_sessions s JOIN session_analytics f ON f.session_id = s.id
    WHERE s.closed_at >= (SELECT at FROM first) GROUP BY 1)
SELECT hour, coalesce(said.messages, 0) AS messages, waited.seconds AS "averageWaitSeconds",
  held.seconds AS "averageHandlingSeconds", coalesce(ended.closed, 0) AS closed, coalesce(ended.by_bot, 0) AS "closedByBot",
  coalesce(ended.abandoned, 0) AS abandoned
FROM generate_series((SELECT at FROM first), now(), interval '1 hour') AS hour
  LEFT JOIN said USING (hour) LEFT JOIN waited USING (hour) LEFT JOIN held USING (hour) LEFT JOIN ended USING (hour)
ORDER BY hour`;

interface DayRow {
  messages: number;
  transfers: number;
  averageWaitSeconds: number | null;
  averageHandlingSeconds: number | null;
  averageFirstResponseMs: number | null;
  botResolutionShare: number | null;
  abandonedLast24h: number;
  averageRating: number | null;
  ratings: number;
}

const countsOf = (rows: readonly { status: SessionStatus; sessions: number }[]) => {
  const counts = { bot: 0, waiting: 0, agent: 0, closed: 0 };
  for (const { status, sessions } of rows) counts[status] = sessions;
  return counts;
};

export function createStatisticsStore(database: Database, ratings: Pick<RatingStore, 'readRecent'>) {
  return {
    /** Counts open sessions by status. */
    async countOpen() {
      return countsOf(await database.statement(OPEN));
    },

    async readStats(): Promise<SystemStats> {
      const { agent } = database.prisma;
      const [byStatus, [day], hours, recentRatings, totalAgents, availableAgents] = await Promise.all([
        database.statement<{ status: SessionStatus; sessions: number }>(BY_STATUS),
        database.statement<DayRow>(LAST_DAY),
        database.statement<Omit<HourOfStats, 'hour'> & { hour: Date }>(HOURS),
        ratings.readRecent(RECENT_RATINGS),
        agent.count(),
        agent.count({ where: { status: 'available', active: { lt: agent.fields.capacity } } }),
      ]);
      const sessionsByStatus = countsOf(byStatus);
      const { bot, waiting, agent: withAgents, closed } = sessionsByStatus;
      const activeSessions = bot + waiting + withAgents;
      return {
        totalSessions: activeSessions + closed,
        activeSessions,
        sessionsByStatus,
        totalAgents,
        availableAgents,
        messagesLast24h: day?.messages ?? 0,
        transfersLast24h: day?.transfers ?? 0,
        averageWaitSeconds: day?.averageWaitSeconds ?? null,
        averageHandlingSeconds: day?.averageHandlingSeconds ?? null,
        averageFirstResponseMs: day?.averageFirstResponseMs ?? null,
        botResolutionShare: day?.botResolutionShare ?? null,
        abandonedLast24h: day?.abandonedLast24h ?? 0,
        averageRating: day?.averageRating ?? null,
        ratingsLast24h: day?.ratings ?? 0,
        recentRatings,
        hours: hours.map((row) => ({ ...row, hour: row.hour.toISOString() })),
        timestamp: new Date().toISOString(),
      };
    },

    /** [Q4] The mean handling time of each recent session in seconds, the latest first, and the capacity online. */
    async readHandlingTimes(limit: number) {
      const { agent, sessionAnalytics } = database.prisma;
      const [held, onDuty] = await Promise.all([
        sessionAnalytics.findMany({
          where: { lastHoldEndedAt: { not: null } },
          orderBy: { lastHoldEndedAt: 'desc' },
          take: limit,
          select: { handlingTime: true, holds: true },
        }),
        agent.aggregate({ where: { status: { not: 'offline' } }, _count: { _all: true }, _sum: { capacity: true } }),
      ]);
      return {
        seconds: held.map(({ handlingTime, holds }) => handlingTime / holds),
        agentsOnDuty: onDuty._count._all,
        totalCapacity: onDuty._sum.capacity ?? 0,
      };
    },
  };
}
export type StatisticsStore = ReturnType<typeof createStatisticsStore>;
