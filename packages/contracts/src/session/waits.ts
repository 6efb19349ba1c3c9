import { z } from 'zod';
import { epoch, exactText, jsonObject, sessionId, text, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';

export const priority = z.enum(['high', 'normal', 'low']);
export type Priority = z.infer<typeof priority>;

/** What agents read of a customer who asked for a human and gave no reason. */
export const PLAIN_REQUEST = 'The customer asked for a human.';

/** What the agent is told at the handoff. */
export const brief = z
  .object({
    summary: text(2_000).describe('what happened so far, in a few sentences'),
    customerWants: text(500).optional().describe('what the customer is after'),
    tried: text(1_000).optional().describe('what the bot has tried'),
    mood: z.enum(['calm', 'upset', 'angry']).optional(),
    language: exactText(35).optional().describe('BCP 47 tag of the language the customer writes in'),
  })
  .meta({ id: 'Brief' });
export type Brief = z.infer<typeof brief>;

/** One stay of a session in the queue. */
export const wait = z
  .object({
    sessionId,
    reason: z.string(),
    priority,
    position: z.int().min(1).nullable().describe('1 is next; null while not yet known'),
    requestedAt: timestamp.describe('start of the wait: the order within a priority'),
    brief: brief.nullable(),
    metadata: jsonObject.optional().describe('as it was given when the wait began'),
  })
  .meta({ id: 'QueueInfo' });
export type Wait = z.infer<typeof wait>;

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

/** Those who wait for a human. */
export const waitEndpoints = {
  listWaiting: endpoint({
    summary: 'A page of all waiting sessions, ordered by id: what the queue compares itself with.',
    request: z.object({ afterId: sessionId.optional(), limit: z.int().min(1).max(2_000).default(1_000) }),
    value: z.object({ waiting: z.array(waitingSession), hasMore: z.boolean() }),
  }),
} as const;
