import { z } from 'zod';
import { agentId, epoch, jsonObject, seq, sessionId, text, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { type SessionStatus, sender, session, sessionStatus, source } from './sessions.ts';
import { brief, priority, wait } from './waits.ts';

/** [C1] The only changes of control there are. `agent → agent` is a transfer from one agent to another. */
export const transitions: Record<SessionStatus, readonly SessionStatus[]> = {
  bot: ['waiting', 'closed'],
  waiting: ['agent', 'bot', 'closed'],
  agent: ['agent', 'waiting', 'closed'],
  closed: [],
};

/** Why control changed. */
export const changeCause = z.enum([
  'started', //            → bot       the customer opened the chat
  'customer_requested', // → waiting   the customer asked for a human
  'bot_transferred', //    → waiting   the bot's typed tool handed off
  'bot_failed', //         → waiting   the model gave no usable answer in time
  'agent_released', //     → waiting   the agent gave it back
  'agent_vanished', //     → waiting   the agent was gone for longer than the grace period
  'agent_assigned', //     → agent     an agent picked it up or was given it
  'agent_transferred', //  → agent     one agent handed it to another
  'customer_cancelled', // → bot       the customer no longer wants a human
  'customer_left', //      → bot       the customer was away for so long that the wait ended
  'agent_returned', //     → bot       an agent gave it to the bot (by way of waiting)
  'queue_cleared', //      → bot       a supervisor cleared the queue
  'nobody_available', //   → bot       nobody came
  'customer_ended', //     → closed
  'agent_closed', //       → closed
  'operator_closed', //    → closed
  'expired', //            → closed    long without a sign of life
  'abandoned', //          → closed    with the bot, the customer's page was closed and nobody wrote for a while
  'too_long', //           → closed    the log has grown beyond MAX_CHAT_ENTRIES or MAX_CHAT_BYTES
]);
export type ChangeCause = z.infer<typeof changeCause>;

/** [C3] One change of who is in control, as the log keeps it and both sides are told it. */
export const change = z
  .object({
    from: sessionStatus.nullable().describe('null for the first entry of a session'),
    to: sessionStatus,
    cause: changeCause,
    reason: z
      .string()
      .optional()
      .describe('in the words of the one who caused it; a customer is sent it only when it is their own'),
    publicReason: z.string().optional().describe('what the customer is told of the reason'),
    passing: z
      .boolean()
      .optional()
      .describe(
        'true for the first of two changes made at once, as from an agent to the bot: people are shown the last',
      ),
    by: sender,
    epoch: epoch.describe('the epoch that this change began'),
    agentId: agentId.optional().describe('who is in control now, when that is an agent'),
    agentName: z.string().optional(),
    priority: priority.optional().describe('of the wait that this change began'),
  })
  .meta({ id: 'Change' });
export type Change = z.infer<typeof change>;

/** `chat.event.<session>.control`: control has changed. */
export const controlEvent = z
  .object({
    sessionId,
    seq,
    epoch,
    from: sessionStatus.nullable(),
    to: sessionStatus,
    cause: changeCause,
    agentId: agentId.optional(),
    priority: priority.optional(),
    waitingSince: timestamp.optional(),
    at: timestamp,
    source: source.optional(),
  })
  .meta({ id: 'ControlEvent' });
export type ControlEvent = z.infer<typeof controlEvent>;

const reason = text(500);
const publicReason = text(500).optional().describe('what the customer is told of the reason');
const sessionAfter = z.object({ session });

/** Who is in control, and changing it. */
export const controlEndpoints = {
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
    summary: 'Hand a session off from the bot to the queue. A repeat while it waits gives the same wait.',
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
    summary: 'Assign a waiting session to one agent, within its capacity. Exactly one agent gets it.',
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
} as const;
