import { z } from 'zod';
import { epoch, MAX_CONTENT_LENGTH, seq, sessionId } from '../values/primitives.ts';

/** [M6] A draft of the bot's answer: all of it so far. `ended` without an entry means that the answer was given up. */
export const draft = z
  .object({
    sessionId,
    turnId: z.string().max(64),
    inReplyTo: seq,
    epoch,
    text: z.string().max(4 * MAX_CONTENT_LENGTH),
    ended: z.boolean(),
  })
  .meta({ id: 'Draft' });
export type Draft = z.infer<typeof draft>;

/** [M6] Gateways, and clients, end it by themselves when its end is lost. */
export const typing = z
  .object({
    sessionId,
    sender: z.enum(['user', 'bot', 'agent']),
    name: z.string().max(80).optional(),
    active: z.boolean(),
  })
  .meta({ id: 'Typing' });
export type Typing = z.infer<typeof typing>;

/** [M6] How far one side has read. Nothing is stored: a side that answers has read what is before. */
export const seen = z
  .object({ sessionId, sender: z.enum(['user', 'agent']).describe('who has seen it'), seq })
  .meta({ id: 'Seen' });
export type Seen = z.infer<typeof seen>;

/**
 * `chat.live.<session>.attendance`, a request: a gateway that has the customer on a socket answers, with nothing. That
 * nobody listens at all, which NATS tells at once, means that the customer is not there.
 */
export const attendance = z.object({}).meta({ id: 'Attendance' });

/**
 * [M6] `chat.live.<session>.presence`: a gateway has got the first socket of the customer, or has lost the last one.
 * Other gateways may have more: an `attendance` request tells.
 */
export const customerPresence = z.object({ sessionId, present: z.boolean() }).meta({ id: 'CustomerPresence' });
export type CustomerPresence = z.infer<typeof customerPresence>;
