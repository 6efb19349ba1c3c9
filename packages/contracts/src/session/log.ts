import { z } from 'zod';
import { agentId, clientId, epoch, jsonObject, seq, sessionId, timestamp } from '../values/primitives.ts';
import { priority, sessionStatus } from './sessions.ts';

export const sender = z.enum(['user', 'bot', 'agent', 'system']);
export type Sender = z.infer<typeof sender>;

/** Why control changed. */
export const changeCause = z.enum([
  'started', //            → bot       the customer opened the chat
  'customer_requested', // → waiting   the customer asked for a human
  'bot_transferred', //    → waiting   the bot's typed tool handed over
  'bot_failed', //         → waiting   the model gave no usable answer in time
  'agent_released', //     → waiting   the agent gave it back
  'agent_vanished', //     → waiting   the agent was gone for longer than the grace period
  'agent_assigned', //     → agent     an agent picked it up or was given it
  'agent_transferred', //  → agent     one agent handed it to another
  'customer_cancelled', // → bot       the customer no longer wants a human
  'customer_left', //      → bot       the customer was not there for so long that the place was given up
  'agent_returned', //     → bot       an agent gave it to the bot (by way of waiting)
  'queue_cleared', //      → bot       an operator cleared the queue
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

/** The sentence of an event with its reason, for whoever shows the log as text. */
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

/** A change of control. `content` says it in one English sentence for whoever shows the log as text. */
export const eventEntry = item.extend({ kind: z.literal('event'), change }).meta({ id: 'Event' });
export type EventEntry = z.infer<typeof eventEntry>;

/** [M3] One item of a session's log. */
export const entry = z.discriminatedUnion('kind', [messageEntry, eventEntry]).meta({ id: 'Entry' });
export type Entry = z.infer<typeof entry>;
