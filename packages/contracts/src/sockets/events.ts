import { z } from 'zod';
import { customerPresence, draft, seen, typing } from '../gateway/live.ts';
import { part, systemHealth } from '../health.ts';
import { position, waitingView } from '../queue/waiting.ts';
import { agent } from '../session/agents.ts';
import { change, messageEntry } from '../session/log.ts';
import { givenRating, note, session, sessionStatus } from '../session/sessions.ts';
import { systemStats } from '../session/statistics.ts';
import { agentId, seq, sessionId, timestamp } from '../values/primitives.ts';
import { type ErrorCode, errorCodes } from '../wire/error-codes.ts';
import { serverEvent } from '../wire/socket-event.ts';
import { clientEvents } from './customer-events.ts';
import { sessionSnapshot } from './session-snapshot.ts';

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

/** What the server sends, on the default namespace. */
export const serverEvents = {
  'session:created': serverEvent({
    summary: 'The chat is open. Keep `token`: it is what lets you come back.',
    to: 'customer',
    payload: z.object({ sessionId, status: sessionStatus, session, token: z.string() }),
  }),
  'message:received': serverEvent({
    summary: 'A message of the log, in order of `seq`; also your own, with its `clientMessageId`.',
    to: 'participants',
    payload: messageEntry,
  }),
  'status:changed': serverEvent({
    summary: 'Control has changed: an entry of the log, in its place among the messages. [C3]',
    to: 'participants',
    payload: z.object({
      sessionId,
      seq,
      status: sessionStatus,
      agentId: agentId.optional(),
      agentName: z.string().optional(),
      change,
      message: z.string().describe('the same in one sentence'),
      timestamp,
    }),
  }),
  'session:closed': serverEvent({
    summary: 'The chat has ended. Follows the `status:changed` that says so.',
    to: 'participants',
    payload: z.object({
      sessionId,
      seq,
      closedBy: z.enum(['user', 'agent', 'system', 'bot']),
      reason: z.string().optional(),
      timestamp,
    }),
  }),
  'message:draft': serverEvent({
    summary:
      "The bot's growing answer: all of it so far. Replaced by the message; `ended` without one means given up. [M6]",
    to: 'participants',
    payload: draft,
  }),
  typing: serverEvent({
    summary: 'The other side started or stopped typing; ends by itself after 6 s.',
    to: 'participants',
    payload: typing,
  }),
  seen: serverEvent({
    summary:
      'The other side has seen everything up to this entry. A hint: it may be missing, and is not repeated. [M6]',
    to: 'participants',
    payload: seen,
  }),
  'queue:position': serverEvent({
    summary: 'Your place in the queue and the wait to expect, again whenever it changes. [Q4]',
    to: 'customer',
    payload: position,
  }),

  'agent:joined': serverEvent({
    summary: 'You are on duty. Keep `token`: it is what lets you come back.',
    to: 'agent',
    payload: z.object({ agentId, agent, token: z.string() }),
  }),
  'session:assigned': serverEvent({
    summary: 'A chat is in your hands, with its log so far (the newest page when it is long), brief and notes.',
    to: 'agent',
    payload: z.object({ sessionId, session: sessionSnapshot }),
  }),
  'session:unassigned': serverEvent({
    summary: 'A chat is no longer in your hands.',
    to: 'agent',
    payload: z.object({ sessionId, change }),
  }),
  'queue:update': serverEvent({
    summary: 'The first of those who wait, coalesced and bounded; `total` says how many there are.',
    to: 'agent',
    payload: waitingView,
  }),
  'note:added': serverEvent({
    summary: "A colleague's note on a chat that you hold.",
    to: 'agent',
    payload: note,
  }),
  'customer:presence': serverEvent({
    summary:
      "Whether the customer's page is connected, to any gateway: told some seconds after a chat was given to you at the latest, and when it changes. [M6]",
    to: 'agent',
    payload: customerPresence,
  }),
  'session:rated': serverEvent({
    summary:
      'The customer has rated a chat that you have, or that ended with you; it takes the place of an earlier one.',
    to: 'agent',
    payload: z.object({ sessionId, rating: givenRating }),
  }),
  'agent:updated': serverEvent({
    summary: 'Your record has changed: status, capacity or load.',
    to: 'agent',
    payload: z.object({ agent }),
  }),

  'stats:update': serverEvent({ summary: 'Figures of the whole system.', to: 'admin', payload: systemStats }),
  'queue:debug_info': serverEvent({
    summary: 'The queue as Redis and Postgres have it.',
    to: 'admin',
    payload: clientEvents['admin:debug_queue'].value,
  }),
  'health:status': serverEvent({
    summary: 'Health of every part: `overall`, and `database` and `queue` by themselves.',
    to: 'admin',
    payload: systemHealth.extend({ overall: systemHealth.shape.status, database: part, queue: part }),
  }),

  error: serverEvent({
    summary: 'What an acknowledgement would have said, for callers that did not ask for one.',
    to: 'anyone',
    payload: z.object({
      event: z.string(),
      code: z.enum(codes),
      message: z.string(),
      field: z.string().optional(),
      traceId: z.string().optional(),
    }),
  }),
  'server:time': serverEvent({
    summary:
      'The first that a connection is sent: what time it is here. Times in all that follows are by this clock, so how long something lasts is told from it, whatever a client has for a clock.',
    to: 'anyone',
    payload: z.object({ now: timestamp }),
  }),
  'server:draining': serverEvent({
    summary:
      'This gateway is about to stop. Stay; the connection will be cut within `withinMs` and comes back on another.',
    to: 'anyone',
    payload: z.object({ withinMs: z.int() }),
  }),
} as const;
export type ServerEvents = typeof serverEvents;
export type ServerEventName = keyof ServerEvents;
