import { z } from 'zod';
import { part, systemHealth } from '../health.ts';
import { queueApi } from '../queue/api.ts';
import { waitingView } from '../queue/waiting.ts';
import { systemStats } from '../session/statistics.ts';
import { sessionId } from '../values/primitives.ts';
import { clientEvent, serverEvent } from '../wire/socket-event.ts';
import { agentsOnDuty } from './fields.ts';

const nothing = z.object({}).default({});

/** What supervisors send. */
export const fromSupervisors = {
  'admin:get_stats': clientEvent({
    summary: 'Statistics of the whole system, also sent as `stats:update`.',
    payload: nothing,
    value: systemStats,
  }),
  'admin:debug_queue': clientEvent({
    summary: 'The queue as Redis and Postgres have it, also sent as `queue:debug_info`.',
    payload: nothing,
    value: z.object({
      queue: queueApi.endpoints.debug.value,
      database: z.object({ waiting: z.array(z.object({ sessionId, requestedAt: z.string() })), hasMore: z.boolean() }),
      timestamp: z.string(),
    }),
  }),
  'admin:list_agents': clientEvent({
    summary: 'Who is online, and how many chats they have.',
    payload: nothing,
    value: agentsOnDuty,
  }),
  'admin:list_waiting': clientEvent({
    summary: 'The first of those who wait, as agents see them; `total` says how many there are.',
    payload: nothing,
    value: waitingView,
  }),
  'admin:health_check': clientEvent({
    summary: 'Health of every part, also sent as `health:status`.',
    payload: nothing,
    value: systemHealth,
  }),
  'admin:clear_queue': clientEvent({
    summary: 'Give everybody who waits back to the bot.',
    payload: nothing,
    value: z.object({ cleared: z.int() }),
  }),
} as const;

/** What only supervisors are sent. */
export const toSupervisors = {
  'stats:update': serverEvent({ summary: 'Statistics of the whole system.', to: 'admin', payload: systemStats }),
  'queue:debug_info': serverEvent({
    summary: 'The queue as Redis and Postgres have it.',
    to: 'admin',
    payload: fromSupervisors['admin:debug_queue'].value,
  }),
  'health:status': serverEvent({
    summary: 'Health of every part: `overall`, and `database` and `queue` by themselves.',
    to: 'admin',
    payload: systemHealth.extend({ overall: systemHealth.shape.status, database: part, queue: part }),
  }),
} as const;
