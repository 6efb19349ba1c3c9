import { z } from 'zod';
import { customerPresence } from '../gateway/live.ts';
import { QUEUE_VIEW_SIZE, waitingAfter, waitingChanges, waitingPage, waitingView } from '../queue/waiting.ts';
import { agent, agentName, agentStatus, capacity, endedSession } from '../session/agents.ts';
import { change } from '../session/control.ts';
import { entry, messageEntry } from '../session/log.ts';
import { note } from '../session/notes.ts';
import { givenRating } from '../session/ratings.ts';
import { session } from '../session/sessions.ts';
import { brief, wait } from '../session/waits.ts';
import { agentId, clientId, content, epoch, id, sessionId } from '../values/primitives.ts';
import { clientEvent, serverEvent } from '../wire/socket-event.ts';
import {
  afterwards,
  agentsOnDuty,
  entriesAsked,
  entriesPage,
  internalReason,
  publicReason,
  token,
  traced,
} from './fields.ts';

/** A chat as an agent is shown it: with its log so far (the newest page when it is long), brief and notes. */
const sessionSnapshot = session.extend({
  messages: z.array(entry).describe('messages and changes of control, in order'),
  hasMore: z.boolean().describe('older entries exist than those sent'),
  brief: brief.nullable(),
  notes: z.array(note),
  rating: givenRating.nullable().optional().describe('null while the customer has given none'),
});

const queueChanges = z
  .boolean()
  .optional()
  .describe('this client applies `queue:changes`, and is sent those instead of whole lists after the first');

/** What agents send. */
export const fromAgents = {
  'agent:join': clientEvent({
    summary: 'Come online as an agent. The answer is also sent as `agent:joined`.',
    payload: z.object({
      name: agentName,
      capacity: capacity.optional(),
      joinId: id
        .optional()
        .describe(
          'random UUID of this stay, kept secret: with it a repeat within minutes gives the same agent instead of another; a later one is refused',
        ),
      queueChanges,
      ...traced,
    }),
    value: z.object({ agentId, agent, token }),
    refusals: ['ID_REUSED'],
  }),
  'agent:resume': clientEvent({
    summary:
      'Come back after a lost connection, through any gateway; each assigned chat is sent as `session:assigned` before the answer, or as soon as its log can be read.',
    payload: z.object({ agentId, token, queueChanges, ...traced }),
    value: z.object({ agentId, agent, token, sessions: z.array(session) }),
    refusals: ['NOT_FOUND'],
  }),
  'agent:pickup_session': clientEvent({
    summary:
      'Take the waiting chat named, or else the next of the queue. The chat is sent as `session:assigned` before the answer, or as soon as its log can be read. Of one that is neither waiting nor taken by a colleague it says no more than of one that does not exist. [S1]',
    payload: z.object({ sessionId: sessionId.optional(), ...traced }).default({}),
    value: afterwards,
    refusals: ['NOT_FOUND', 'QUEUE_EMPTY', 'ALREADY_TAKEN', 'AT_CAPACITY', 'AGENT_OFFLINE', 'STALE_EPOCH'],
  }),
  'agent:send_message': clientEvent({
    summary: 'Say something in a chat that is assigned to this agent.',
    payload: z.object({ sessionId, content, clientMessageId: clientId.optional(), epoch: epoch.optional(), ...traced }),
    value: z.object({ message: messageEntry, repeated: z.boolean() }),
    refusals: ['SESSION_CLOSED', 'NOT_ASSIGNED', 'STALE_EPOCH', 'ID_REUSED'],
  }),
  'agent:close_session': clientEvent({
    summary: 'End a chat that is assigned to this agent.',
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
    summary:
      'Take chats, take no more, or go offline (assigned chats stay until they are transferred or the agent leaves).',
    payload: z.object({ status: agentStatus, ...traced }),
    value: z.object({ agent }),
    refusals: ['NOT_FOUND'],
  }),
  'agent:add_note': clientEvent({
    summary: 'Keep a note for colleagues on a chat that is assigned to this agent. The customer never sees it.',
    payload: z.object({ sessionId, content, clientNoteId: clientId.optional(), ...traced }),
    value: z.object({ note }),
    refusals: ['NOT_ASSIGNED', 'ID_REUSED'],
  }),
  'agent:list_colleagues': clientEvent({
    summary: 'Who is online, and how many chats they have: whom a chat can be transferred to.',
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
      'A page of the log of a chat that is assigned to this agent, or that it may look at: what came before `session:assigned` or `agent:view_session` showed it.',
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
} as const;

/** What only agents are sent. */
export const toAgents = {
  'agent:joined': serverEvent({
    summary: 'You are online. Keep `token`: it is what lets you come back.',
    to: 'agent',
    payload: z.object({ agentId, agent, token: z.string() }),
  }),
  'session:assigned': serverEvent({
    summary: 'A chat is assigned to you, with its log so far (the newest page when it is long), brief and notes.',
    to: 'agent',
    payload: z.object({ sessionId, session: sessionSnapshot }),
  }),
  'session:unassigned': serverEvent({
    summary: 'A chat is no longer assigned to you.',
    to: 'agent',
    payload: z.object({ sessionId, change }),
  }),
  'queue:update': serverEvent({
    summary: 'The first of those who wait, coalesced and bounded; `total` says how many there are.',
    to: 'agent',
    payload: waitingView,
  }),
  'queue:changes': serverEvent({
    summary:
      'What has changed of the first of those who wait, to agents who joined with `queueChanges`. Who misses one of `order` asks for the list: `agent:list_waiting` with `after: 0`.',
    to: 'agent',
    payload: waitingChanges,
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
    summary: 'The customer has rated a chat that you have, or that ended with you; it replaces an earlier one.',
    to: 'agent',
    payload: z.object({ sessionId, rating: givenRating }),
  }),
  'agent:updated': serverEvent({
    summary: 'Your record has changed: status, capacity or load.',
    to: 'agent',
    payload: z.object({ agent }),
  }),
} as const;
