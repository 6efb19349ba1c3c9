import { z } from 'zod';
import { change } from '../session/control.ts';
import { eventEntry, messageEntry } from '../session/log.ts';
import { session } from '../session/sessions.ts';
import { type ClientEventName, type ServerEventName, serverEvents } from './events.ts';

/**
 * What a customer's socket is sent: for each event the list of its public fields. A field that is not listed here stays
 * inside, so a new field of an entry, a session or a notification is internal until somebody lists it.
 *
 * Agents and services see the whole shapes. The fields listed here are a part of them, so a client needs one type only.
 */

export const customerSession = session.pick({
  id: true,
  userId: true,
  status: true,
  assignedAgent: true,
  agentName: true,
  botContext: true,
  metadata: true,
  epoch: true,
  lastSeq: true,
  waitingSince: true,
  closedAt: true,
  createdAt: true,
  updatedAt: true,
});

/** Which model answered, what it cost and which tools it used is for the installation to know. */
export const customerMetadata = z.object({
  greeting: z.boolean().optional(),
  persona: z.boolean().optional().describe('with `greeting`: in the words of a persona'),
  cut: z.string().optional().describe('why the answer ends early'),
  noAnswer: z.boolean().optional().describe('the bot had no answer, and says so in fixed words'),
});

export const customerMessage = messageEntry
  .pick({
    kind: true,
    id: true,
    sessionId: true,
    seq: true,
    content: true,
    sender: true,
    senderId: true,
    senderName: true,
    timestamp: true,
    clientMessageId: true,
    inReplyTo: true,
  })
  .extend({ metadata: customerMetadata });

/** `reason` is the customer's own, or the text that the agent meant for the customer: see `reasonForCustomer`. */
export const customerChange = change.pick({
  from: true,
  to: true,
  cause: true,
  reason: true,
  by: true,
  epoch: true,
  agentId: true,
  agentName: true,
  priority: true,
  passing: true,
});

/** An entry in a page of the log. */
export const customerEntryFields = z.discriminatedUnion('kind', [
  customerMessage,
  eventEntry
    .pick({ kind: true, id: true, sessionId: true, seq: true, content: true, sender: true, timestamp: true })
    .extend({ metadata: customerMetadata, change: customerChange }),
]);

/** Events that a customer's socket may be sent. One that is not listed is not sent. */
export const customerServerEvents = {
  'session:created': serverEvents['session:created'].payload
    .pick({ sessionId: true, status: true, token: true })
    .extend({ session: customerSession }),
  'message:received': customerMessage,
  'status:changed': serverEvents['status:changed'].payload
    .pick({
      sessionId: true,
      seq: true,
      status: true,
      agentId: true,
      agentName: true,
      message: true,
      timestamp: true,
    })
    .extend({ change: customerChange }),
  'session:closed': serverEvents['session:closed'].payload.pick({
    sessionId: true,
    seq: true,
    closedBy: true,
    reason: true,
    timestamp: true,
  }),
  'message:draft': serverEvents['message:draft'].payload.pick({
    sessionId: true,
    turnId: true,
    inReplyTo: true,
    epoch: true,
    text: true,
    ended: true,
  }),
  typing: serverEvents.typing.payload.pick({ sessionId: true, sender: true, name: true, active: true }),
  seen: serverEvents.seen.payload.pick({ sessionId: true, sender: true, seq: true }),
  'queue:position': serverEvents['queue:position'].payload.pick({
    sessionId: true,
    position: true,
    waiting: true,
    priority: true,
    estimate: true,
    online: true,
  }),
  error: serverEvents.error.payload.pick({ event: true, code: true, message: true, field: true }),
  'server:time': serverEvents['server:time'].payload.pick({ now: true }),
  'server:draining': serverEvents['server:draining'].payload.pick({ withinMs: true }),
} as const satisfies Partial<Record<ServerEventName, z.ZodObject>>;

const opened = z.object({ session: customerSession, token: z.string() });
const afterwards = z.object({ session: customerSession });

/** What a customer's events are acknowledged with. */
export const customerAcknowledgements = {
  'customer:start_chat': opened,
  'customer:resume_chat': opened.extend({ entries: z.array(customerEntryFields).optional() }),
  'customer:list_entries': z.object({ entries: z.array(customerEntryFields), hasMore: z.boolean() }),
  'customer:send_message': z.object({ message: customerMessage, repeated: z.boolean() }),
  'customer:end_chat': afterwards,
  'customer:request_agent': afterwards,
  'customer:cancel_request': afterwards,
  'customer:rate_chat': z.object({}),
  'customer:identify': z.object({ customerId: z.string(), expiresAt: z.string() }),
  'customer:list_chats': z.object({ chats: z.array(opened) }),
} as const satisfies Record<Extract<ClientEventName, `customer:${string}`>, z.ZodObject>;
