import { z } from 'zod';
import { agentId, epoch, exactText, jsonObject, jsonText, sessionId, text, timestamp } from '../values/primitives.ts';

/** Who is in control. Promise C1 says which may follow which: see `transitions`. */
export const sessionStatus = z.enum(['bot', 'waiting', 'agent', 'closed']);
export type SessionStatus = z.infer<typeof sessionStatus>;

/** [C1] The only changes of control there are. `agent → agent` is a transfer from one agent to another. */
export const transitions: Record<SessionStatus, readonly SessionStatus[]> = {
  bot: ['waiting', 'closed'],
  waiting: ['agent', 'bot', 'closed'],
  agent: ['agent', 'waiting', 'closed'],
  closed: [],
};

export const priority = z.enum(['high', 'normal', 'low']);
export type Priority = z.infer<typeof priority>;

/** What the bot says when no agent is online and it has no answer either. Pages say it in their own language. */
export const NO_ANSWER_NOW =
  'I can’t answer that right now. You keep your place in the queue, and a person will read this as soon as someone is online.';

/** What agents read of a customer who asked for a human and gave no reason. */
export const PLAIN_REQUEST = 'The customer asked for a human.';

export const userId = exactText(200).describe('who the customer is, as the embedding site names it; not a secret');

/**
 * What the embedding site tells the bot. A text is the persona that the bot is to take on, as far as the operator allows
 * it; an object is data about the customer. It is kept and given back as it came.
 */
export const botContext = z
  .union([jsonObject, jsonText], 'must be a text or an object')
  .describe("a text: the bot's persona; an object: data for the bot. Given back as it came");
export type BotContext = z.infer<typeof botContext>;

/**
 * Where a session comes from: `<address>.<customer>`, both hashed with a key that the gateways have. The first part is
 * the same for all sessions of one network address, the whole for one customer at it. Limits, budgets and fair queues go
 * by it. It is kept with the session and sent between services; no socket is sent it, and no log holds it.
 */
export const source = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}$/, 'must be two hashes with a dot between them')
  .describe('keyed hashes of the network address and of the customer at it, with a dot between them');

/** How the first part of the source begins at an address that no limit by address counts for. */
const TRUSTED = 'trusted_';
/** The source of a session from a network that the operator trusts. */
export const trustedSource = (plain: string): string => `${TRUSTED}${plain}`;
export const isTrustedSource = (given: string): boolean => given.startsWith(TRUSTED);

/** One conversation. */
export const session = z
  .object({
    id: sessionId,
    userId,
    status: sessionStatus,
    assignedAgent: agentId.nullable(),
    agentName: z.string().nullable(),
    botContext: botContext.nullable(),
    metadata: jsonObject,
    epoch,
    lastSeq: z.int().min(0),
    waitingSince: timestamp.nullable().describe('start of the present wait; keeps the place in the queue'),
    closedAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;

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
    requestedAt: timestamp.describe('start of the wait: the place within a priority'),
    brief: brief.nullable(),
    metadata: jsonObject.optional().describe('as it was given when the wait began'),
  })
  .meta({ id: 'QueueInfo' });
export type Wait = z.infer<typeof wait>;

/** The customer's verdict on a session. */
export const rating = {
  rating: z.int().min(1).max(5).describe('1 is bad, 5 is good'),
  comment: text(2_000).optional().describe('in the words of the customer'),
};

/** The customer's verdict as it is kept: the last one given. */
export const givenRating = z
  .object({
    score: rating.rating,
    comment: z.string().nullable().describe('in the words of the customer'),
    ratedAt: timestamp,
  })
  .meta({ id: 'GivenRating' });
export type GivenRating = z.infer<typeof givenRating>;

/** A session that has ended, with what its customer said of it. */
export const endedSession = session
  .extend({ rating: givenRating.nullable().optional().describe('null while the customer has given none') })
  .meta({ id: 'EndedSession' });
export type EndedSession = z.infer<typeof endedSession>;

/** Where a session stands, without its texts: enough to see whether a viewer has missed something. */
export const head = z.object({ sessionId, lastSeq: z.int().min(0), epoch, status: sessionStatus }).meta({ id: 'Head' });
export type Head = z.infer<typeof head>;

/** An agents-only remark beside the log: it takes no `seq`, so that what customers see has no holes. */
export const note = z
  .object({
    id: z.uuid(),
    sessionId,
    agentId,
    agentName: z.string(),
    content: z.string(),
    createdAt: timestamp,
  })
  .meta({ id: 'Note' });
export type Note = z.infer<typeof note>;
