import { z } from 'zod';
import { position } from '../queue/positions.ts';
import { entry, messageEntry } from '../session/log.ts';
import { rating } from '../session/ratings.ts';
import { botContext, session, sessionStatus, userId } from '../session/sessions.ts';
import { clientId, content, id, jsonObject, MAX_PAGE, seenSeq, sessionId, timestamp } from '../values/primitives.ts';
import { clientEvent, serverEvent } from '../wire/socket-event.ts';
import { afterwards, customerToken, entriesAsked, entriesPage, reason, token, traced } from './fields.ts';

/** What customers send. */
export const fromCustomers = {
  'customer:start_chat': clientEvent({
    summary: 'Open a chat. The answer is also sent as `session:created`.',
    payload: z.object({
      userId,
      botContext: botContext.optional(),
      metadata: jsonObject.optional(),
      startId: id
        .optional()
        .describe(
          'random UUID of this start: with it a repeat within minutes gives the same chat instead of another; a later one is refused',
        ),
      greeted: z
        .boolean()
        .optional()
        .describe('true: the page has greeted the customer, so the bot does not; the log then holds no greeting'),
      ...traced,
    }),
    value: z.object({ session, token }),
    refusals: ['ID_REUSED'],
  }),
  'customer:resume_chat': clientEvent({
    summary:
      'Come back to a chat, through any gateway. What was missed after `lastSeq` is sent as ordinary events, in order; with `newest`, the last of it with the answer. [M4] For a while only after the end of the chat, and after its start: then it is answered as one that is not there.',
    payload: z.object({
      sessionId,
      token,
      lastSeq: seenSeq.default(0),
      newest: z
        .int()
        .min(1)
        .max(MAX_PAGE)
        .optional()
        .describe(
          'send so many of the entries missed at most, the newest, and in the answer; `customer:list_entries` gives what is before them',
        ),
      ...traced,
    }),
    value: z.object({
      session,
      token,
      entries: z
        .array(entry)
        .optional()
        .describe(
          'with `newest`: entries missed, in order, up to the newest or, when they are large, a part of them; what follows is sent as ordinary events',
        ),
    }),
    refusals: ['NOT_FOUND'],
  }),
  'customer:send_message': clientEvent({
    summary: 'Say something. The acknowledgement means that it is stored. [M1]',
    payload: z.object({ sessionId, content, clientMessageId: clientId.optional(), ...traced }),
    value: z.object({ message: messageEntry, repeated: z.boolean() }),
    refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'ID_REUSED'],
  }),
  'customer:list_entries': clientEvent({
    summary: 'A page of the log of a chat that this connection has: what came before the entries it was sent.',
    payload: entriesAsked,
    value: entriesPage,
    refusals: ['NOT_FOUND'],
  }),
  'customer:end_chat': clientEvent({
    summary: 'End the chat.',
    payload: z.object({ sessionId, reason: reason.optional(), ...traced }),
    value: afterwards,
    refusals: ['NOT_FOUND'],
  }),
  'customer:request_agent': clientEvent({
    summary: 'Ask for a human. Asking again while waiting changes nothing.',
    payload: z.object({ sessionId, reason: reason.optional(), ...traced }),
    value: afterwards,
    refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'ALREADY_TAKEN', 'TOO_MANY_WAITING'],
  }),
  'customer:cancel_request': clientEvent({
    summary: 'No longer wait for a human; back to the bot.',
    payload: z.object({ sessionId, reason: reason.optional(), ...traced }),
    value: afterwards,
    refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'NOT_WAITING'],
  }),
  'customer:rate_chat': clientEvent({
    summary: 'Say how good the chat was, also when it has ended. The last rating counts.',
    payload: z.object({ sessionId, ...rating, ...traced }),
    value: z.object({}),
    refusals: ['NOT_FOUND'],
  }),
  'customer:identify': clientEvent({
    summary:
      'Prove who the customer is, on a connection that began without a token or whose token expires: as `auth: {customerToken}` does when connecting. Chats of this connection that were begun anonymously are theirs from now on. While one is another’s, it is refused, and none of them is.',
    payload: z.object({ token: customerToken, ...traced }),
    value: z.object({
      customerId: userId,
      expiresAt: timestamp.describe('the connection ends then, if no other token came'),
    }),
    refusals: ['NOT_FOUND'],
  }),
  'customer:list_chats': clientEvent({
    summary: 'The open chats of the verified customer, begun on any device, with what lets you come back to each.',
    payload: z.object({ ...traced }),
    value: z.object({ chats: z.array(z.object({ session, token })).describe('the newest first; none without proof') }),
  }),
} as const;

/** What only customers are sent. */
export const toCustomers = {
  'session:created': serverEvent({
    summary: 'The chat is open. Keep `token`: it is what lets you come back.',
    to: 'customer',
    payload: z.object({ sessionId, status: sessionStatus, session, token: z.string() }),
  }),
  'queue:position': serverEvent({
    summary: 'Your position in the queue and the estimated wait, sent again when either changes. [Q4]',
    to: 'customer',
    payload: position,
  }),
} as const;
