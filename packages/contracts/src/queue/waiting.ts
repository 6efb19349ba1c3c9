import { z } from 'zod';
import { session } from '../session/sessions.ts';
import { wait, waitingSession } from '../session/waits.ts';
import { sessionId, timestamp } from '../values/primitives.ts';

/** A waiting session with its position. */
export const queueStatus = waitingSession
  .extend({
    position: z.int().min(1).describe('1 is next'),
    waitedSeconds: z.number().min(0).describe('since the wait began'),
  })
  .meta({ id: 'QueueStatus' });
export type QueueStatus = z.infer<typeof queueStatus>;

/** A waiting session as agents are shown it. */
export const queuedSession = session.extend({ queueInfo: wait }).meta({ id: 'QueuedSession' });
export type QueuedSession = z.infer<typeof queuedSession>;

/** Whether agents wait for chats, or take them. [Q5] */
export const autoAssign = z.boolean().describe('waiting chats are given to free agents without being asked');

/** The first of those who wait, as agents and supervisors are shown them. */
export const waitingView = z.object({
  sessions: z.array(queuedSession),
  total: z.int(),
  timestamp,
  autoAssign: autoAssign.optional(),
});
export type WaitingView = z.infer<typeof waitingView>;

/** The same list, for a client that keeps the one before. */
export const waitingChanges = z.object({
  order: z.array(sessionId).describe('the first of those who wait: the n-th has position n'),
  sessions: z
    .array(queuedSession)
    .describe(
      'those of `order` that are new or have changed; of the others, what was sent before holds, but for the position',
    ),
  total: z.int(),
  timestamp,
  autoAssign: autoAssign.optional(),
});
export type WaitingChanges = z.infer<typeof waitingChanges>;

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

/** `chat.queue.changed` */
export const queueChanged = z.object({ at: timestamp }).meta({ id: 'QueueChanged' });
export type QueueChanged = z.infer<typeof queueChanged>;
