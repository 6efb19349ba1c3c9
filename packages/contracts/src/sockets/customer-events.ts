import { z } from 'zod';
import { systemHealth } from '../health.ts';
import { queueApi } from '../queue/api.ts';
import { QUEUE_VIEW_SIZE, waitingAfter, waitingPage, waitingView } from '../queue/waiting.ts';
import { agent, agentName, agentStatus, capacity } from '../session/agents.ts';
import { entry, messageEntry } from '../session/log.ts';
import { botContext, endedSession, note, rating, session, userId, wait } from '../session/sessions.ts';
import { systemStats } from '../session/statistics.ts';
import {
  agentId,
  clientId,
  content,
  epoch,
  exactText,
  id,
  jsonObject,
  MAX_PAGE,
  seenSeq,
  seq,
  sessionId,
  text,
  traceparent,
} from '../values/primitives.ts';
import { clientEvent } from '../wire/socket-event.ts';
import { sessionSnapshot } from './session-snapshot.ts';

const reason = text(500);
const internalReason = reason.describe('for colleagues; the customer is not sent it');
const publicReason = reason.optional().describe('what the customer is told of the reason');
/** In every event of customers and agents: what a person does can be followed through all services. [O4] */
const traced = {
  traceparent: traceparent
    .optional()
    .describe('W3C Trace Context of the sender; the acknowledgement gives the id of the trace that it was handled in'),
};
const token = exactText(512).describe('proof that the bearer may come back; treat it as a password');
const nothing = z.object({}).default({});
const afterwards = z.object({ session });
const agentsOnDuty = z.object({ agents: z.array(agent), hasMore: z.boolean().describe('not all are listed') });

const entriesAsked = z.object({
  sessionId,
  afterSeq: seenSeq.default(0),
  limit: z.int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  ...traced,
});
const entriesPage = z.object({ entries: z.array(entry), hasMore: z.boolean().describe('later entries exist') });

const startChat = clientEvent({
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
});

const resumeChat = clientEvent({
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
});

const customerMessage = clientEvent({
  summary: 'Say something. The acknowledgement means that it is stored. [M1]',
  payload: z.object({ sessionId, content, clientMessageId: clientId.optional(), ...traced }),
  value: z.object({ message: messageEntry, repeated: z.boolean() }),
  refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'ID_REUSED'],
});

const agentMessage = clientEvent({
  summary: 'Say something in a chat that this agent holds.',
  payload: z.object({ sessionId, content, clientMessageId: clientId.optional(), epoch: epoch.optional(), ...traced }),
  value: z.object({ message: messageEntry, repeated: z.boolean() }),
  refusals: ['SESSION_CLOSED', 'NOT_ASSIGNED', 'STALE_EPOCH', 'ID_REUSED'],
});

/** What customers, agents and operators may send, on the default namespace. */
export const clientEvents = {
  'customer:start_chat': startChat,
  'customer:resume_chat': resumeChat,
  'customer:send_message': customerMessage,
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

  'agent:join': clientEvent({
    summary: 'Come on duty. The answer is also sent as `agent:joined`.',
    payload: z.object({
      name: agentName,
      capacity: capacity.optional(),
      joinId: id
        .optional()
        .describe(
          'random UUID of this stay, kept secret: with it a repeat within minutes gives the same agent instead of another; a later one is refused',
        ),
      ...traced,
    }),
    value: z.object({ agentId, agent, token }),
    refusals: ['ID_REUSED'],
  }),
  'agent:resume': clientEvent({
    summary:
      'Come back after a lost connection, through any gateway; each chat held is sent as `session:assigned` before the answer, or as soon as its log can be read.',
    payload: z.object({ agentId, token, ...traced }),
    value: z.object({ agentId, agent, token, sessions: z.array(session) }),
    refusals: ['NOT_FOUND'],
  }),
  'agent:pickup_session': clientEvent({
    summary:
      'Take the waiting chat named, or else the next in line. The chat is sent as `session:assigned` before the answer, or as soon as its log can be read. Of one that is neither waiting nor taken by a colleague it says no more than of one that does not exist. [S1]',
    payload: z.object({ sessionId: sessionId.optional(), ...traced }).default({}),
    value: afterwards,
    refusals: ['NOT_FOUND', 'QUEUE_EMPTY', 'ALREADY_TAKEN', 'AT_CAPACITY', 'AGENT_OFFLINE', 'STALE_EPOCH'],
  }),
  'agent:send_message': agentMessage,
  'agent:close_session': clientEvent({
    summary: 'End a chat that this agent holds.',
    payload: z.object({ sessionId, reason: internalReason.optional(), publicReason, ...traced }),
    value: afterwards,
    refusals: ['NOT_ASSIGNED'],
  }),
  'agent:release_session': clientEvent({
    summary: 'Hand a chat back to the queue, to the bot, or on to another agent.',
    payload: z.object({
      sessionId,
      to: z
        .discriminatedUnion('type', [
          z.object({ type: z.literal('queue') }),
          z.object({ type: z.literal('bot') }),
          z.object({ type: z.literal('agent'), agentId }),
        ])
        .default({ type: 'queue' }),
      reason: internalReason,
      publicReason,
      ...traced,
    }),
    value: afterwards,
    refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'NOT_ASSIGNED', 'AT_CAPACITY', 'AGENT_OFFLINE'],
  }),
  'agent:set_status': clientEvent({
    summary: 'Take chats, take no more, or go off duty (chats held stay until they are released or the agent leaves).',
    payload: z.object({ status: agentStatus, ...traced }),
    value: z.object({ agent }),
    refusals: ['NOT_FOUND'],
  }),
  'agent:add_note': clientEvent({
    summary: 'Keep a note for colleagues on a chat that this agent holds. The customer never sees it.',
    payload: z.object({ sessionId, content, clientNoteId: clientId.optional(), ...traced }),
    value: z.object({ note }),
    refusals: ['NOT_ASSIGNED', 'ID_REUSED'],
  }),

  'agent:list_colleagues': clientEvent({
    summary: 'Who is on duty, and how much they hold: whom a chat can be handed to.',
    payload: z.object(traced).default({}),
    value: agentsOnDuty,
  }),
  'agent:list_waiting': clientEvent({
    summary:
      'A page of those who wait, behind the first that `queue:update` shows. Places move meanwhile: put pages together by id.',
    payload: z
      .object({
        after: waitingAfter.default(QUEUE_VIEW_SIZE).describe('how many to leave out at the front'),
        limit: z.int().min(1).max(QUEUE_VIEW_SIZE).default(QUEUE_VIEW_SIZE),
      })
      .prefault({}),
    value: waitingPage,
  }),
  'agent:list_entries': clientEvent({
    summary:
      'A page of the log of a chat that this agent holds, or may look at: what came before `session:assigned` or `agent:view_session` showed it.',
    payload: entriesAsked,
    value: entriesPage,
    refusals: ['NOT_FOUND'],
  }),

  'agent:view_session': clientEvent({
    summary:
      'Look at a chat without taking it: one that waits, which any agent may take, or one that ended with this agent. Of any other it says no more than a claim would.',
    payload: z.object({ sessionId, ...traced }),
    value: z.object({ session: sessionSnapshot, wait: wait.nullable() }),
    refusals: ['NOT_FOUND', 'ALREADY_TAKEN'],
  }),
  'agent:list_ended': clientEvent({
    summary: 'The chats that ended with this agent since it joined, the latest first, without their logs.',
    payload: z.object(traced).default({}),
    value: z.object({ sessions: z.array(endedSession) }),
  }),

  typing: clientEvent({
    summary: 'Started or stopped typing. A hint: nothing is stored. [M6]',
    payload: z.object({ sessionId, active: z.boolean().default(true) }),
    value: z.object({}),
    refusals: ['NOT_FOUND'],
  }),
  seen: clientEvent({
    summary:
      'Has seen everything up to this entry, in a chat of its own. A hint for the other side: nothing is stored. [M6]',
    payload: z.object({ sessionId, seq }),
    value: z.object({}),
    refusals: ['NOT_FOUND'],
  }),

  'admin:get_stats': clientEvent({
    summary: 'Figures of the whole system, also sent as `stats:update`.',
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
    summary: 'Who is on duty, and how much they hold.',
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
export type ClientEvents = typeof clientEvents;
export type ClientEventName = keyof ClientEvents;
