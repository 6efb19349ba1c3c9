import { z } from 'zod';
import { serviceHealth } from '../health.ts';
import { session } from '../session/sessions.ts';
import { brief, priority, wait, waitingSession } from '../session/waits.ts';
import { agentId, epoch, jsonObject, sessionId, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { position } from './positions.ts';
import { queueStats } from './statistics.ts';
import { autoAssign, QUEUE_VIEW_SIZE, queueLengths, queueStatus, waitingAfter } from './waiting.ts';

/** One agent as a gateway reports it alive. */
export const presence = z.object({ agentId, gatewayId: z.string().max(64) });

const apart = z.array(z.object({ sessionId, requestedAt: timestamp })).describe('the first 100 of them');
/** The whole queue of Redis beside the waiting sessions of the record. */
const comparison = z.object({
  inRedis: z.int(),
  inRecord: z.int(),
  apart: z.int().describe('how many are in only one of the two'),
  onlyInRedis: apart,
  onlyInRecord: apart,
});

export const queueApi = {
  name: 'queue',
  description: 'The order of waiting, in Redis. Postgres is the record of who waits; this is who is next.',
  endpoints: {
    add: endpoint({
      summary:
        'Put a session in the queue. One that the bot has is handed off by it; one that waits already keeps its wait and its position.',
      request: z.object({
        sessionId,
        reason: z.string(),
        priority: priority.default('normal'),
        metadata: jsonObject.optional().describe('kept with the wait and shown to agents'),
        brief: brief.nullable().optional(),
        epoch: epoch.optional().describe('of the wait, as the record has it; without it the record is asked'),
        requestedAt: timestamp.optional().describe('start of the wait, as the record has it; goes with `epoch`'),
      }),
      value: z.object({ added: z.boolean(), position }),
      refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'ALREADY_TAKEN', 'STALE_EPOCH', 'TOO_MANY_WAITING'],
    }),
    claim: endpoint({
      summary: 'Assign the session named, or else the next one, to an agent, and take it out of the queue.',
      request: z.object({ agentId, sessionId: sessionId.optional() }),
      value: z.object({
        session,
        wait: wait.optional().describe('the wait that it ended, with its reason and priority'),
      }),
      // A repeat without `sessionId` takes the next one more.
      repeatable: false,
      refusals: [
        'NOT_FOUND',
        'QUEUE_EMPTY',
        'SESSION_CLOSED',
        'NOT_WAITING',
        'ALREADY_TAKEN',
        'AT_CAPACITY',
        'AGENT_OFFLINE',
        'STALE_EPOCH',
      ],
    }),
    next: endpoint({
      summary: 'The next session of the queue, if there is one. It stays there: `claim` assigns it to an agent.',
      request: z.object({}),
      value: z.object({ next: queueStatus.nullable() }),
    }),
    remove: endpoint({
      summary: 'Take a session out of the queue. The reconciler puts it back when it still waits by the record.',
      request: z.object({ sessionId }),
      value: z.object({ removed: z.boolean() }),
    }),
    position: endpoint({
      summary: 'Position and estimated wait of one session.',
      request: z.object({ sessionId }),
      value: position,
      refusals: ['NOT_FOUND'],
    }),
    length: endpoint({ summary: 'How many wait.', request: z.object({}), value: queueLengths }),
    list: endpoint({
      summary: 'A page of the queue, in order, and how many sessions wait in all.',
      request: z.object({
        after: waitingAfter.default(0).describe('how many to leave out at the front'),
        limit: z.int().min(1).max(1_000).default(QUEUE_VIEW_SIZE),
      }),
      value: z.object({
        waiting: z.array(queueStatus),
        lengths: queueLengths,
        autoAssign: autoAssign.optional(),
      }),
    }),
    clear: endpoint({
      summary: 'Give every waiting session back to the bot, and empty the queue.',
      request: z.object({}),
      value: z.object({ cleared: z.int() }),
    }),
    stats: endpoint({ summary: 'Statistics of the queue.', request: z.object({}), value: queueStats }),
    presence: endpoint({
      summary:
        'A gateway tells which agents it has on its sockets. Agents not told of for the grace period have vanished.',
      request: z.object({ present: z.array(presence).max(5_000), gone: z.array(presence).max(5_000).default([]) }),
      value: z.object({ present: z.int() }),
    }),
    debug: endpoint({
      summary:
        'What is in Redis, for supervisors: lengths, the first members of each list, metadata, presence and reservations.',
      request: z.object({}),
      value: z.object({
        prefix: z.string(),
        lengths: queueLengths,
        queues: z.record(z.string(), z.array(z.object({ sessionId, requestedAt: timestamp }))),
        metadata: z.record(z.string(), waitingSession).describe('of the members shown'),
        claims: z.array(z.object({ sessionId, agentId, expiresAt: timestamp })),
        presence: z.array(z.object({ agentId, lastSeenAt: timestamp })),
        lastComparedAt: timestamp.nullable(),
        comparison: comparison
          .nullable()
          .optional()
          .describe('of the whole queue, made for this answer; null while the record is unavailable'),
      }),
    }),
    health: endpoint({ summary: 'State of this service and of Redis.', request: z.object({}), value: serviceHealth }),
  },
} as const;
export type QueueApi = typeof queueApi;
