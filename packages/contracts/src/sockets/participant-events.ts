import { z } from 'zod';
import { draft, seen, typing } from '../gateway/live.ts';
import { change } from '../session/control.ts';
import { messageEntry } from '../session/log.ts';
import { sessionStatus } from '../session/sessions.ts';
import { agentId, seq, sessionId, timestamp } from '../values/primitives.ts';
import { clientEvent, serverEvent } from '../wire/socket-event.ts';

/** What customers and agents send alike. */
export const fromParticipants = {
  typing: clientEvent({
    summary: 'Started or stopped typing. Nothing is stored. [M6]',
    payload: z.object({ sessionId, active: z.boolean().default(true) }),
    value: z.object({}),
    refusals: ['NOT_FOUND'],
  }),
  seen: clientEvent({
    summary:
      'Has seen everything up to this entry, in a chat of its own. The other side is told; nothing is stored. [M6]',
    payload: z.object({ sessionId, seq }),
    value: z.object({}),
    refusals: ['NOT_FOUND'],
  }),
} as const;

/** What the customer and the agent of a session are sent alike. */
export const toParticipants = {
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
      "A draft of the bot's answer: all of it so far. The message replaces it; `ended` without one means given up. [M6]",
    to: 'participants',
    payload: draft,
  }),
  typing: serverEvent({
    summary: 'The other side started or stopped typing; ends by itself after 6 s.',
    to: 'participants',
    payload: typing,
  }),
  seen: serverEvent({
    summary: 'The other side has seen everything up to this entry. It may be missing, and is not repeated. [M6]',
    to: 'participants',
    payload: seen,
  }),
} as const;
