import { z } from 'zod';
import { brief, priority, session, wait } from '../session/sessions.ts';
import { agentId, epoch, jsonObject, sessionId, timestamp } from '../values/primitives.ts';

/** [Q4] Expected further wait, in seconds, from measured handling times. */
export const estimate = z.object({ lowSeconds: z.int().min(0), highSeconds: z.int().min(0) }).meta({ id: 'Estimate' });
export type Estimate = z.infer<typeof estimate>;

export const position = z
  .object({
    sessionId,
    position: z.int().min(1).describe('1 is next'),
    waiting: z.int().min(1).describe('how many wait in all'),
    priority,
    estimate: estimate.nullable().describe('null when there is no basis for one'),
    online: z
      .boolean()
      .optional()
      .describe(
        'whether an agent is online; while none is, the bot answers those who wait. Absent when it is not known',
      ),
  })
  .meta({ id: 'QueuePosition' });
export type Position = z.infer<typeof position>;

/** What the queue keeps of a waiting session; Postgres has the record. */
export const waitingSession = z
  .object({
    sessionId,
    epoch,
    priority,
    requestedAt: timestamp,
    reason: z.string(),
    brief: brief.nullable(),
    metadata: jsonObject.optional().describe('as it was given when the wait began'),
  })
  .meta({ id: 'WaitingSession' });
export type WaitingSession = z.infer<typeof waitingSession>;

/** A waiting session with its place. */
export const queueStatus = waitingSession
  .extend({
    position: z.int().min(1).describe('1 is next'),
    waitedSeconds: z.number().min(0).describe('since the wait began'),
  })
  .meta({ id: 'QueueStatus' });
export type QueueStatus = z.infer<typeof queueStatus>;

/** A session as the agents' waiting list shows it. */
export const queuedSession = session.extend({ queueInfo: wait }).meta({ id: 'QueuedSession' });
export type QueuedSession = z.infer<typeof queuedSession>;

/** Whether agents wait for chats, or take them. [Q5] */
export const autoAssign = z.boolean().describe('waiting chats are given to free agents without being asked');

/** The first of those who wait, as agents and operators are shown them. */
export const waitingView = z.object({
  sessions: z.array(queuedSession),
  total: z.int(),
  timestamp,
  autoAssign: autoAssign.optional(),
});
export type WaitingView = z.infer<typeof waitingView>;

/** Further ones of those who wait: `queue:update` shows the first. */
export const waitingPage = waitingView.extend({
  next: z.int().min(1).nullable().describe('`after` of the page that follows; null when this is the last'),
});
export type WaitingPage = z.infer<typeof waitingPage>;

/** Where a page of the line begins. Nobody reads on beyond its bound, and to get there takes time. */
export const waitingAfter = z.int().min(0).max(10_000);

/** Most sessions that a `queue:update` carries, however many wait. */
export const QUEUE_VIEW_SIZE = 50;

export const queueLengths = z.object({ high: z.int(), normal: z.int(), low: z.int(), total: z.int() });
export type QueueLengths = z.infer<typeof queueLengths>;

export const queueStats = z
  .object({
    lengths: queueLengths,
    longestWaitSeconds: z.number().nullable(),
    claimedLastHour: z.int(),
    averageWaitSeconds: z.number().nullable().describe('of those claimed in the last hour'),
    averageHandlingSeconds: z.number().nullable().describe('of the chats last closed by agents'),
    agentsPresent: z.int(),
  })
  .meta({ id: 'QueueStats' });
export type QueueStats = z.infer<typeof queueStats>;

/** One agent as a gateway reports it alive. */
export const presence = z.object({ agentId, gatewayId: z.string().max(64) });
