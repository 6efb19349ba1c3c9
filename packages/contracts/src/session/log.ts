import { z } from 'zod';
import {
  agentId,
  clientId,
  content,
  epoch,
  jsonObject,
  MAX_PAGE,
  seenSeq,
  seq,
  sessionId,
  timestamp,
  traceparent,
} from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { type ErrorCode, errorCodes } from '../wire/error-codes.ts';
import { type Change, change } from './control.ts';
import { note } from './notes.ts';
import { givenRating } from './ratings.ts';
import { head, sender, session } from './sessions.ts';
import { wait } from './waits.ts';

/** The sentence of an event with its reason, for clients that show the log as text. */
export const withReason = (sentence: string, reason: string | undefined): string =>
  reason === undefined ? sentence : `${sentence}${REASON_MARK}${reason}`;

/** The sentence alone. One that was not made by `withReason` may have the reason anywhere, so nothing of it is kept. */
export function withoutReason(content: string, reason: string | undefined): string {
  if (reason === undefined) return content;
  const end = `${REASON_MARK}${reason}`;
  return content.endsWith(end) ? content.slice(0, -end.length) : 'Control of the chat has changed.';
}

const REASON_MARK = ' Reason: ';

/** What a customer may read of the reason: their own words, or those that an agent meant for them. */
export const reasonForCustomer = ({ by, reason, publicReason }: Change): string | undefined =>
  publicReason ?? (by === 'user' ? reason : undefined);

const item = z.object({
  id: z.uuid(),
  sessionId,
  seq,
  content: z.string(),
  sender,
  senderId: z.string().optional().describe('the agent, when one wrote it'),
  senderName: z.string().optional(),
  timestamp,
  metadata: jsonObject,
});

/** Something a participant said. Existing clients know it as Message. */
export const messageEntry = item
  .extend({
    kind: z.literal('message'),
    clientMessageId: clientId.optional(),
    inReplyTo: seq.optional().describe('newest entry that this bot answer answers'),
  })
  .meta({ id: 'Message' });
export type MessageEntry = z.infer<typeof messageEntry>;

/** A change of control. `content` says it in one English sentence, for clients that show the log as text. */
export const eventEntry = item.extend({ kind: z.literal('event'), change }).meta({ id: 'Event' });
export type EventEntry = z.infer<typeof eventEntry>;

/** [M3] One item of a session's log. */
export const entry = z.discriminatedUnion('kind', [messageEntry, eventEntry]).meta({ id: 'Entry' });
export type Entry = z.infer<typeof entry>;

/** `chat.live.<session>.entry`: whole entries, in the order of their numbers within one notification. */
export const liveEntries = z.object({ sessionId, entries: z.array(entry).min(1) }).meta({ id: 'LiveEntries' });
export type LiveEntries = z.infer<typeof liveEntries>;

/** Most messages that one append carries. */
export const MAX_APPEND = 100;
/** Most appends that one request carries. */
export const MAX_APPENDS = 500;

/** Who writes. The epoch fences: a write that carries an older one than the session's is refused. [C2] */
export const author = z.discriminatedUnion('type', [
  z.object({ type: z.literal('customer') }),
  z.object({ type: z.literal('agent'), agentId, epoch: epoch.optional() }),
  z.object({ type: z.literal('bot'), epoch }),
  z
    .object({ type: z.literal('system'), epoch: epoch.optional() })
    .describe('a service of the installation; it answers nothing, and no socket can write so'),
]);
export type Author = z.infer<typeof author>;

export const newMessage = z.object({
  clientMessageId: clientId.optional(),
  content,
  inReplyTo: seq.optional(),
  metadata: jsonObject.optional(),
  traceparent: traceparent
    .optional()
    .describe("of a message that is batched into another's request and keeps its own trace"),
});

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

const refusal = z.object({
  ok: z.literal(false),
  code: z.enum(codes),
  message: z.string(),
  field: z.string().optional(),
});

const appended = z.object({
  entry: messageEntry,
  repeated: z.boolean().describe('true when it had been stored before'),
});

const append = z.object({ sessionId, author, messages: z.array(newMessage).min(1).max(MAX_APPEND) });
const appendedAll = z.object({
  results: z.array(z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value: appended }), refusal])),
});

const page = { afterSeq: seenSeq.default(0), limit: z.int().min(1).max(MAX_PAGE).default(MAX_PAGE) };

const entriesPage = z.object({ entries: z.array(entry), hasMore: z.boolean(), head });

/** The log of a session. */
export const logEndpoints = {
  append: endpoint({
    summary: 'Write messages to the log of one session. Each has its own result; the order given is kept.',
    request: append,
    value: appendedAll,
    refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'STALE_EPOCH', 'NOT_ASSIGNED'],
  }),
  appendMany: endpoint({
    summary: 'Several appends, of any sessions. Each has the reply that `append` would give it, and concerns no other.',
    request: z.object({ appends: z.array(append).min(1).max(MAX_APPENDS) }),
    value: z.object({
      replies: z
        .array(z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value: appendedAll }), refusal]))
        .describe(
          'in the order of the appends; TIMEOUT for one that takes longer than the others: repeat it by itself',
        ),
    }),
  }),
  listEntries: endpoint({
    summary: 'A page of the log: the entries after `afterSeq`, in order.',
    request: z.object({
      sessionId,
      ...page,
      maxBytes: z
        .int()
        .min(1)
        .max(524_288)
        .optional()
        .describe('about how many bytes of text at most; at least one entry is given'),
    }),
    value: entriesPage,
    refusals: ['NOT_FOUND'],
  }),
  getWithEntries: endpoint({
    summary: 'One session with a page of its log and the notes of its agents.',
    request: z.object({
      sessionId,
      ...page,
      last: z.boolean().default(false).describe('the newest page instead of the first'),
    }),
    value: z.object({
      session,
      wait: wait.nullable(),
      entries: z.array(entry),
      hasMore: z.boolean(),
      notes: z.array(note),
      rating: givenRating.nullable().optional().describe('null while the customer has given none'),
    }),
    refusals: ['NOT_FOUND'],
  }),
  countEntries: endpoint({
    summary: 'How many entries the log has, by sender.',
    request: z.object({ sessionId }),
    value: z.object({
      total: z.int(),
      messages: z.int(),
      user: z.int(),
      bot: z.int(),
      agent: z.int(),
      system: z.int().optional().describe('messages of services; changes of control count in the total only'),
    }),
    refusals: ['NOT_FOUND'],
  }),
} as const;
