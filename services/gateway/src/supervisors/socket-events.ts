import {
  accept,
  type ClientEventName,
  type QueueApi,
  refuse,
  type SessionApi,
  type SystemHealth,
} from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import type { QueueUpdates } from '../agents/queue-view/queue-updates.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';

/** Waiting sessions of the database that are shown beside those of the queue. */
const SHOWN_OF_DATABASE = 200;

type SupervisorEvents = EventHandlers<Extract<ClientEventName, `admin:${string}`>>;

/** What supervisors may ask. Each answer is also sent as an event, for clients that do not use acknowledgements. */
export function supervisorEvents(options: {
  session: Caller<SessionApi>;
  queue: Caller<QueueApi>;
  queueUpdates: Pick<QueueUpdates, 'load'>;
  health: () => Promise<SystemHealth>;
  log: Log;
}): SupervisorEvents {
  const { session, queue, log } = options;
  return {
    async 'admin:get_stats'(connection) {
      const stats = await session.stats({});
      if (stats.ok) connection.emit('stats:update', stats.value);
      return stats;
    },

    async 'admin:debug_queue'(connection) {
      const [inRedis, inDatabase] = await Promise.all([
        queue.debug({}),
        session.listWaiting({ limit: SHOWN_OF_DATABASE }),
      ]);
      if (!inRedis.ok) return inRedis;
      if (!inDatabase.ok) return inDatabase;
      const { waiting, hasMore } = inDatabase.value;
      const value = {
        queue: inRedis.value,
        database: { waiting: waiting.map(({ sessionId, requestedAt }) => ({ sessionId, requestedAt })), hasMore },
        timestamp: new Date().toISOString(),
      };
      connection.emit('queue:debug_info', value);
      return accept(value);
    },

    async 'admin:list_agents'() {
      return session.listAgents({ available: false, onDuty: true });
    },

    async 'admin:list_waiting'() {
      const view = await options.queueUpdates.load();
      return view === undefined
        ? refuse('UNAVAILABLE', 'The queue is unavailable; try again in a moment.')
        : accept(view);
    },

    async 'admin:health_check'(connection) {
      const value = await options.health();
      const { postgres, queue: queuePart } = value.services;
      connection.emit('health:status', { ...value, overall: value.status, database: postgres, queue: queuePart });
      return accept(value);
    },

    async 'admin:clear_queue'(connection) {
      const cleared = await queue.clear({});
      if (!cleared.ok) return refuse(cleared.code, cleared.message);
      log.warn(
        { socketId: connection.id, address: connection.address, cleared: cleared.value.cleared },
        'queue cleared',
      );
      return cleared;
    },
  };
}
