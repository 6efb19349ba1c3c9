import { z } from 'zod';
import { serviceHealth } from '../health.ts';
import { waitingSession } from '../queue/waiting.ts';
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
  timestamp,
  traceparent,
} from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { type ErrorCode, errorCodes } from '../wire/error-codes.ts';
import { agent, agentName, agentStatus, capacity } from './agents.ts';
import { budgets, overBudget } from './budgets.ts';
import { entry, messageEntry } from './log.ts';
import {
  botContext,
  brief,
  endedSession,
  givenRating,
  head,
  note,
  priority,
  rating,
  session,
  sessionStatus,
  source,
  userId,
  wait,
} from './sessions.ts';
import { systemStats } from './statistics.ts';

const reason = text(500);
const publicReason = text(500).optional().describe('what the customer is told of the reason');
const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
const refusal = z.object({
  ok: z.literal(false),
  code: z.enum(codes),
  message: z.string(),
  field: z.string().optional(),
});

/** Most messages that one append carries. */
export const MAX_APPEND = 100;

/** Who writes. The epoch fences: a write that carries an older one than the session's is refused. [C2] */
export const author = z.discriminatedUnion('type', [
  z.object({ type: z.literal('customer') }),
  z.object({ type: z.literal('agent'), agentId, epoch: epoch.optional() }),
  z.object({ type: z.literal('bot'), epoch }),
  z
    .object({ type: z.literal('system'), epoch: epoch.optional() })
    .describe('a service on behalf of the operator; it answers nothing, and no socket can write so'),
]);
export type Author = z.infer<typeof author>;

export const newMessage = z.object({
  clientMessageId: clientId.optional(),
  content,
  inReplyTo: seq.optional(),
  metadata: jsonObject.optional(),
  traceparent: traceparent
    .optional()
    .describe("of a message gathered into another's request, which keeps its own trace"),
});

const appended = z.object({
  entry: messageEntry,
  repeated: z.boolean().describe('true when it had been stored before'),
});
const sessionAfter = z.object({ session });
const page = { afterSeq: seenSeq.default(0), limit: z.int().min(1).max(MAX_PAGE).default(MAX_PAGE) };
const entriesPage = z.object({ entries: z.array(entry), hasMore: z.boolean(), head });

export const sessionApi = {
  name: 'session',
  description: 'Sessions, their log, agents, assignment and analytics. The record: Postgres behind it is the truth.',
  endpoints: {
    create: endpoint({
      summary: 'Open a session, in the hands of the bot.',
      request: z.object({
        userId,
        botContext: botContext.optional(),
        metadata: jsonObject.optional(),
        startId: id.optional().describe("the client's random id of this start: a repeat gives the same session"),
        greeted: z.boolean().optional().describe('true: the customer was greeted already, so the bot owes no greeting'),
        source: source.optional(),
      }),
      value: z.object({ session, repeated: z.boolean() }),
      refusals: ['ID_REUSED'],
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
    heads: endpoint({
      summary: 'Where each of several sessions stands: for comparing what was shown with what is stored.',
      request: z.object({ sessionIds: z.array(sessionId).min(1).max(1_000) }),
      value: z.object({ heads: z.array(head) }),
    }),
    append: endpoint({
      summary: 'Write messages to the log of one session. Each has its own result; the order given is kept.',
      request: z.object({ sessionId, author, messages: z.array(newMessage).min(1).max(MAX_APPEND) }),
      value: z.object({
        results: z.array(z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value: appended }), refusal])),
      }),
      refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'STALE_EPOCH', 'NOT_ASSIGNED'],
    }),
    changeStatus: endpoint({
      summary: 'Move a session along one of the permitted changes of control.',
      request: z.object({
        sessionId,
        status: sessionStatus,
        reason: reason.optional(),
        agentId: agentId.optional(),
        epoch: epoch.optional(),
      }),
      value: sessionAfter,
      refusals: [
        'NOT_FOUND',
        'SESSION_CLOSED',
        'ILLEGAL_TRANSITION',
        'STALE_EPOCH',
        'NOT_WAITING',
        'ALREADY_TAKEN',
        'AT_CAPACITY',
        'AGENT_OFFLINE',
      ],
    }),
    close: endpoint({
      summary:
        'End a session. Ending an ended one changes nothing and succeeds. An agent is told NOT_ASSIGNED of one that is not there as of one that it does not have. [S1]',
      request: z.object({
        sessionId,
        by: z.enum(['user', 'agent', 'system']).default('system'),
        agentId: agentId.optional().describe('required when an agent closes: it must hold the session'),
        reason: reason.optional().describe("for colleagues; the customer is not sent an agent's"),
        publicReason,
      }),
      value: sessionAfter,
      refusals: ['NOT_FOUND', 'NOT_ASSIGNED'],
    }),
    transfer: endpoint({
      summary: 'Hand a session from the bot to the waiting list. Repeating it while it waits gives the same wait.',
      request: z.object({
        sessionId,
        cause: z.enum(['customer_requested', 'bot_transferred', 'bot_failed']).default('bot_transferred'),
        reason,
        priority: priority.default('normal'),
        brief: brief.optional(),
        metadata: jsonObject.optional().describe('kept with the wait and shown to agents'),
        epoch: epoch.optional(),
      }),
      value: z.object({ session, wait, repeated: z.boolean() }),
      refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'STALE_EPOCH', 'ALREADY_TAKEN', 'TOO_MANY_WAITING'],
    }),
    cancelTransfer: endpoint({
      summary: 'Take a waiting session off the list and give it back to the bot.',
      request: z.object({
        sessionId,
        cause: z.enum(['customer_cancelled', 'customer_left', 'nobody_available']),
        reason: reason.optional(),
      }),
      value: sessionAfter,
      refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'NOT_WAITING'],
    }),
    clearWaiting: endpoint({
      summary: 'Give every waiting session back to the bot. Each customer is told.',
      request: z.object({ reason: reason.optional() }),
      value: z.object({ cleared: z.int() }),
    }),
    assign: endpoint({
      summary: 'Put a waiting session in the hands of one agent, within its capacity. Exactly one agent gets it.',
      request: z.object({ sessionId, agentId, epoch: epoch.optional() }),
      value: z.object({
        session,
        wait: wait.optional().describe('the wait that led to it, with its reason and priority'),
        repeated: z.boolean(),
      }),
      refusals: [
        'NOT_FOUND',
        'SESSION_CLOSED',
        'NOT_WAITING',
        'ALREADY_TAKEN',
        'AT_CAPACITY',
        'AGENT_OFFLINE',
        'STALE_EPOCH',
      ],
    }),
    release: endpoint({
      summary: 'An agent gives a session back to the queue, to the bot, or on to another agent.',
      request: z.object({
        sessionId,
        agentId,
        to: z.discriminatedUnion('type', [
          z.object({ type: z.literal('queue'), priority: priority.optional() }),
          z.object({ type: z.literal('bot') }),
          z.object({ type: z.literal('agent'), agentId }),
        ]),
        reason: reason.describe('for colleagues; the customer is not sent it'),
        publicReason,
      }),
      value: sessionAfter,
      refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'NOT_ASSIGNED', 'AT_CAPACITY', 'AGENT_OFFLINE'],
    }),
    releaseAgent: endpoint({
      summary:
        'An agent has vanished: mark it offline and put all its sessions back in the queue at their original places.',
      request: z.object({ agentId, reason }),
      value: z.object({ released: z.array(sessionId) }),
      refusals: ['NOT_FOUND'],
    }),
    createAgent: endpoint({
      summary: 'Register an agent.',
      request: z.object({
        name: agentName,
        socketId: z.string().max(64).optional(),
        capacity: capacity.optional(),
        metadata: jsonObject.optional(),
        joinId: id
          .optional()
          .describe("the client's random id of this stay: a repeat gives the same agent, as it is now"),
      }),
      value: z.object({ agent, repeated: z.boolean() }),
      refusals: ['ID_REUSED'],
    }),
    getAgent: endpoint({
      summary: 'One agent.',
      request: z.object({ agentId }),
      value: z.object({ agent }),
      refusals: ['NOT_FOUND'],
    }),
    updateAgent: endpoint({
      summary: 'Change what is known of an agent: its status, socket, capacity or metadata. Fields left out stay.',
      request: z.object({
        agentId,
        status: agentStatus.optional(),
        socketId: z.string().max(64).nullable().optional(),
        capacity: capacity.optional(),
        metadata: jsonObject.optional(),
      }),
      value: z.object({ agent }),
      refusals: ['NOT_FOUND'],
    }),
    removeAgent: endpoint({
      summary: 'Take an agent off duty for good. Sessions that it holds go back to the queue.',
      request: z.object({ agentId }),
      value: z.object({ released: z.array(sessionId) }),
      refusals: ['NOT_FOUND'],
    }),
    listAgents: endpoint({
      summary: 'A page of the agents, ordered by id: those who may take a chat, or others.',
      request: z.object({
        available: z.boolean().default(true).describe('only available ones with room for one more'),
        onDuty: z.boolean().default(false).describe('only those who are not offline'),
        engaged: z.boolean().default(false).describe('only those who are not offline or hold a chat'),
        afterId: agentId.optional(),
        limit: z.int().min(1).max(1_000).default(1_000),
      }),
      value: z.object({ agents: z.array(agent), hasMore: z.boolean() }),
    }),
    availableAgent: endpoint({
      summary: 'The agent who is to get the next chat: the least loaded of those who may take one, or none.',
      request: z.object({}),
      value: z.object({ agent: agent.nullable() }),
    }),
    listAgentSessions: endpoint({
      summary: 'The sessions in the hands of one agent.',
      request: z.object({ agentId }),
      value: z.object({ sessions: z.array(session) }),
    }),
    listEndedSessions: endpoint({
      summary: 'The sessions that ended with one agent, the latest first.',
      request: z.object({ agentId, limit: z.int().min(1).max(200).default(50) }),
      value: z.object({ sessions: z.array(endedSession) }),
    }),
    listWaiting: endpoint({
      summary: 'A page of all waiting sessions, ordered by id: what the queue compares itself with.',
      request: z.object({ afterId: sessionId.optional(), limit: z.int().min(1).max(2_000).default(1_000) }),
      value: z.object({ waiting: z.array(waitingSession), hasMore: z.boolean() }),
    }),
    beginTurn: endpoint({
      summary:
        'Take the lease on what the bot owes a session, and get the context to answer from. While no agent is online the session may be `waiting`.',
      request: z.object({
        sessionId,
        worker: exactText(64),
        leaseMs: z.int().min(1_000).max(300_000),
        limit: z.int().min(1).max(MAX_PAGE).default(100).describe('newest entries to load'),
      }),
      value: z.object({
        session,
        unansweredSeq: seq.describe('newest entry that is owed an answer'),
        unansweredSince: timestamp,
        entries: z.array(entry),
        memory: z.string().nullable().describe('summary of what came before, as kept by endTurn'),
        memoryThroughSeq: z.int().min(0),
        source: source.optional(),
      }),
      refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'NOTHING_OWED', 'TURN_TAKEN'],
    }),
    endTurn: endpoint({
      summary: 'Give the lease back; says whether something new came meanwhile.',
      request: z.object({
        sessionId,
        worker: exactText(64),
        memory: z
          .object({ summary: text(8_000), throughSeq: seq })
          .optional()
          .describe('summary of older entries to keep'),
        tokens: z
          .int()
          .optional()
          .describe(
            "by how much the turn's calls of the model took more tokens, or fewer, than were set aside for them",
          ),
      }),
      value: z.object({ owed: z.boolean() }),
      refusals: ['NOT_FOUND'],
    }),
    takeModelCall: endpoint({
      summary:
        'Take one call of the model from the budgets of a chat, its customer, their address and all, or none of it from any. Before each call, repeats included.',
      request: z.object({
        sessionId: sessionId
          .optional()
          .describe('the chat that it is for; left out, or not known: for none, so of all only'),
        messageSeq: seq.optional().describe('the message of that chat that it is about, whichever turn it is made in'),
        tokens: z.int().min(0).max(10_000_000).describe('set aside for it, until endTurn says what it took'),
        waitMs: z.int().min(0).max(120_000).describe('how long it may wait for its place in the minute'),
        windowMs: z
          .int()
          .min(60_000)
          .max(300_000)
          .describe('what counts as a minute: longer by the time that may pass between taking a call and making it'),
        budgets,
      }),
      value: z.object({
        granted: z.boolean(),
        waitMs: z.int().min(0).describe('the call is to be made after this time; 0 when it is not granted'),
        over: overBudget.optional().describe('the narrowest budget that does not grant it'),
        today: z.object({ calls: z.int(), tokens: z.int() }).describe('of all, this call included'),
      }),
    }),
    listUnanswered: endpoint({
      summary:
        'Sessions that have waited for an answer of the bot for longer than `olderThanMs`, without those that a worker is on: with the bot, or waiting while no agent is online.',
      request: z.object({
        olderThanMs: z.int().min(0).max(31_536_000_000),
        limit: z.int().min(1).max(MAX_PAGE).default(100),
      }),
      value: z.object({
        sessions: z.array(
          z.object({
            sessionId,
            epoch,
            unansweredSeq: seq,
            unansweredSince: timestamp,
            source: source.optional(),
          }),
        ),
      }),
    }),
    addNote: endpoint({
      summary: "Keep an agent's note on the session it holds; customers never see it.",
      request: z.object({ sessionId, agentId, content, clientNoteId: clientId.optional() }),
      value: z.object({ note }),
      refusals: ['NOT_ASSIGNED', 'ID_REUSED'],
    }),
    rate: endpoint({
      summary: "Keep the customer's verdict, also on a session that has ended. It takes the place of an earlier one.",
      request: z.object({ sessionId, ...rating }),
      value: z.object({}),
      refusals: ['NOT_FOUND'],
    }),
    stats: endpoint({ summary: 'Figures over all sessions and agents.', request: z.object({}), value: systemStats }),
    handlingTimes: endpoint({
      summary: 'How long agents lately held a session before it was closed or handed on: the basis of estimates.',
      request: z.object({ limit: z.int().min(1).max(1_000).default(100) }),
      value: z.object({
        seconds: z.array(z.number()),
        agentsOnDuty: z.int().describe('not offline'),
        totalCapacity: z.int(),
      }),
    }),
    cleanup: endpoint({
      summary: 'Delete sessions that were closed more than `olderThanDays` ago, with all that belongs to them.',
      request: z.object({ olderThanDays: z.int().min(1).max(36_500) }),
      value: z.object({ deleted: z.int() }),
    }),
    health: endpoint({
      summary: 'State of this service and of Postgres.',
      request: z.object({}),
      value: serviceHealth,
    }),
  },
} as const;
export type SessionApi = typeof sessionApi;
