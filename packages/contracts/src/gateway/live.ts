import { z } from 'zod';
import { position } from '../queue/waiting.ts';
import { agent } from '../session/agents.ts';
import { changeCause, entry } from '../session/log.ts';
import { givenRating, note, priority, sessionStatus, source } from '../session/sessions.ts';
import { agentId, epoch, MAX_CONTENT_LENGTH, seq, sessionId, timestamp } from '../values/primitives.ts';

/** `chat.bot.<session>.asked`: the customer wrote while the bot has control. No text: it is a hint to go and look. */
export const asked = z
  .object({ sessionId, seq: seq.describe('the newest that is known'), epoch, at: timestamp, source: source.optional() })
  .meta({ id: 'Asked' });
export type Asked = z.infer<typeof asked>;

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

/** `chat.live.<session>.entry`: whole entries, in the order of their numbers within one announcement. */
export const liveEntries = z.object({ sessionId, entries: z.array(entry).min(1) }).meta({ id: 'LiveEntries' });
export type LiveEntries = z.infer<typeof liveEntries>;

/** [M6] The bot's growing answer: all of it so far. `ended` without an entry means that it was given up. */
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

/** [M6] Viewers let it end by themselves after `TYPING_TIMEOUT_MS`. */
export const typing = z
  .object({
    sessionId,
    sender: z.enum(['user', 'bot', 'agent']),
    name: z.string().max(80).optional(),
    active: z.boolean(),
  })
  .meta({ id: 'Typing' });
export type Typing = z.infer<typeof typing>;
export const TYPING_TIMEOUT_MS = 6_000;

/** [M6] How far one side has read. A hint: nothing is stored, and whoever answers has read what is before. */
export const seen = z
  .object({ sessionId, sender: z.enum(['user', 'agent']).describe('who has seen it'), seq })
  .meta({ id: 'Seen' });
export type Seen = z.infer<typeof seen>;

export const livePosition = position;
export const liveNote = z.object({ sessionId, note }).meta({ id: 'LiveNote' });
export type LiveNote = z.infer<typeof liveNote>;

/**
 * `chat.live.<session>.attendance`, a request: a gateway that has the customer on a socket answers, with nothing. That
 * nobody listens at all, which NATS tells at once, means that the customer is not there.
 */
export const attendance = z.object({}).meta({ id: 'Attendance' });

/**
 * [M6] `chat.live.<session>.presence`: a gateway has got the first socket of the customer, or has lost the last one. Others
 * may have more: an `attendance` request tells.
 */
export const customerPresence = z.object({ sessionId, present: z.boolean() }).meta({ id: 'CustomerPresence' });
export type CustomerPresence = z.infer<typeof customerPresence>;

/** `chat.queue.changed` */
export const queueChanged = z.object({ at: timestamp }).meta({ id: 'QueueChanged' });
export type QueueChanged = z.infer<typeof queueChanged>;
/** `chat.agent.<agent>.changed`: its record, as it is now. */
export const agentChanged = z.object({ agent, removed: z.boolean() }).meta({ id: 'AgentChanged' });
export type AgentChanged = z.infer<typeof agentChanged>;

/** `chat.agent.<agent>.assigned`: a session was put in the agent's hands. */
export const agentAssigned = z.object({ agentId, sessionId, epoch }).meta({ id: 'AgentAssigned' });
export type AgentAssigned = z.infer<typeof agentAssigned>;

/**
 * `chat.agent.<agent>.rated`: a customer has rated a session of this agent's, mostly after its end, when nobody
 * subscribes to the session any more. It may be lost: the rating is kept with the session.
 */
export const agentRated = z.object({ agentId, sessionId, rating: givenRating }).meta({ id: 'AgentRated' });
export type AgentRated = z.infer<typeof agentRated>;
