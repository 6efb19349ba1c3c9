import { z } from 'zod';
import {
  agentId,
  epoch,
  exactText,
  id,
  jsonObject,
  jsonText,
  MAX_PAGE,
  sessionId,
  timestamp,
} from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { wait } from './waits.ts';

/** Who is in control. Promise C1 says which may follow which: see `transitions`. */
export const sessionStatus = z.enum(['bot', 'waiting', 'agent', 'closed']);
export type SessionStatus = z.infer<typeof sessionStatus>;

export const userId = exactText(200).describe(
  'who the customer is, as the page says; proven only where `customer` has the same id',
);

/** Ids that name nobody: pages choose them at random, and the customer who is proven later keeps the chat. */
const anonymousId = /^visitor-[0-9a-z]{20,64}$/;
export const ANONYMOUS_ID = anonymousId.source;
export const isAnonymousId = (given: string): boolean => anonymousId.test(given);

/**
 * What the embedding site tells the bot. A text is the persona that the bot takes on, as far as the installation allows
 * it; an object is data about the customer. It is kept and given back as it came.
 */
export const botContext = z
  .union([jsonObject, jsonText], 'must be a text or an object')
  .describe("a text: the bot's persona; an object: data for the bot. Given back as it came");
export type BotContext = z.infer<typeof botContext>;

/** Who the customer is, as the site has signed it: nobody else can say so. */
export const verifiedCustomer = z
  .object({
    id: userId.describe("the customer's id at the site: `sub` of the token"),
    name: exactText(200).optional(),
    email: exactText(320).optional(),
    metadata: jsonObject.optional(),
    botContext: botContext.optional(),
  })
  .meta({ id: 'VerifiedCustomer' });
export type VerifiedCustomer = z.infer<typeof verifiedCustomer>;

/**
 * Where a session comes from: `<address>.<customer>`, both hashed with a key that the gateways have. The first part is
 * the same for all sessions of one network address, the whole for one customer at it. Limits, budgets and fair queues
 * go by it. It is kept with the session and sent between services; no socket is sent it, and no log holds it.
 */
export const source = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}$/, 'must be two hashes with a dot between them')
  .describe('keyed hashes of the network address and of the customer at it, with a dot between them');

/** How the first part of the source begins at an address that no limit by address counts for. */
const TRUSTED = 'trusted_';
/** The source of a session from a network that the installation trusts. */
export const trustedSource = (plain: string): string => `${TRUSTED}${plain}`;
export const isTrustedSource = (given: string): boolean => given.startsWith(TRUSTED);

/** Who says or does something in a session. */
export const sender = z.enum(['user', 'bot', 'agent', 'system']);
export type Sender = z.infer<typeof sender>;

/** One conversation. */
export const session = z
  .object({
    id: sessionId,
    userId,
    customer: verifiedCustomer
      .nullish()
      .describe(
        'who the customer is, when the site has proven it; all else that a page says of a customer is unproven',
      ),
    status: sessionStatus,
    assignedAgent: agentId.nullable(),
    agentName: z.string().nullable(),
    botContext: botContext.nullable(),
    metadata: jsonObject,
    epoch,
    lastSeq: z.int().min(0),
    waitingSince: timestamp.nullable().describe('start of the present wait; keeps the position in the queue'),
    closedAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;

/** Where a session stands, without its texts: enough to see whether a viewer has missed something. */
export const head = z.object({ sessionId, lastSeq: z.int().min(0), epoch, status: sessionStatus }).meta({ id: 'Head' });
export type Head = z.infer<typeof head>;

/** Opening a session, and looking at it. */
export const sessionEndpoints = {
  create: endpoint({
    summary: 'Open a session. The bot has control.',
    request: z.object({
      userId,
      botContext: botContext.optional(),
      metadata: jsonObject.optional(),
      startId: id.optional().describe("the client's random id of this start: a repeat gives the same session"),
      greeted: z
        .boolean()
        .optional()
        .describe('true: the customer was greeted already, so no greeting of the bot is pending'),
      source: source.optional(),
      customer: verifiedCustomer.optional(),
    }),
    value: z.object({ session, repeated: z.boolean() }),
    refusals: ['ID_REUSED'],
  }),
  identify: endpoint({
    summary:
      'The site has proven who the customer of a session is. It stays theirs: a session of another customer, or that was begun under the name of another, is answered as one that is not there. [S1]',
    request: z.object({ sessionId, customer: verifiedCustomer }),
    value: z.object({ session }),
    refusals: ['NOT_FOUND'],
  }),
  listCustomerSessions: endpoint({
    summary: 'The open sessions of a verified customer, the newest first.',
    request: z.object({ customerId: userId, limit: z.int().min(1).max(MAX_PAGE) }),
    value: z.object({ sessions: z.array(session) }),
  }),
  get: endpoint({
    summary: 'One session.',
    request: z.object({ sessionId }),
    value: z.object({ session, wait: wait.nullable() }),
    refusals: ['NOT_FOUND'],
  }),
  getMany: endpoint({
    summary: 'Several sessions at once; those that do not exist are left out.',
    request: z.object({ sessionIds: z.array(sessionId).min(1).max(MAX_PAGE) }),
    value: z.object({ sessions: z.array(session) }),
  }),
  heads: endpoint({
    summary: 'Where each of several sessions stands: for comparing what was shown with what is stored.',
    request: z.object({ sessionIds: z.array(sessionId).min(1).max(1_000) }),
    value: z.object({ heads: z.array(head) }),
  }),
  cleanup: endpoint({
    summary: 'Delete sessions that were closed more than `olderThanDays` ago, with all that belongs to them.',
    request: z.object({ olderThanDays: z.int().min(1).max(36_500) }),
    value: z.object({ deleted: z.int() }),
  }),
} as const;
