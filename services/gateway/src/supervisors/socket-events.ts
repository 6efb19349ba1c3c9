import {
  accept,
  type ClientEventName,
  type QueueApi,
  refuse,
  type SessionApi,
  type SystemHealth,
} from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import type { WaitingList } from '../agents/queue-view/queue-updates.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';

/** Waiting sessions of the record shown for comparing with the queue. */
const SHOWN_OF_RECORD = 200;

type AdminEvents = EventHandlers<Extract<ClientEventName, `admin:${string}`>>;

/** What operators may ask. Each answer is also sent as an event, for clients that do not ask for acknowledgements. */
export function adminEvents(options: {
  session: Caller<SessionApi>;
  queue: Caller<QueueApi>;
  waitingList: Pick<WaitingList, 'load'>;
  health: () => Promise<SystemHealth>;
  log: Log;
}): AdminEvents {
  const { session, queue, log } = options;
  return {
    async 'admin:get_stats'(connection) {
      const stats = await session.stats({});
      if (stats.ok) connection.emit('stats:update', stats.value);
      return stats;
    },

    async 'admin:debug_queue'(connection) {
      const [inRedis, inRecord] = await Promise.all([queue.debug({}), session.listWaiting({ limit: SHOWN_OF_RECORD })]);
      if (!inRedis.ok) return inRedis;
      if (!inRecord.ok) return inRecord;
      const { waiting, hasMore } = inRecord.value;
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
      const view = await options.waitingList.load();
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
