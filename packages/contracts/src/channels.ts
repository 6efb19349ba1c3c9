import { attendance, customerPresence, draft, seen, typing } from './gateway/live.ts';
import { position } from './queue/positions.ts';
import { queueChanged } from './queue/waiting.ts';
import { agentAssigned, agentChanged, agentRated } from './session/agents.ts';
import { controlEvent } from './session/control.ts';
import { liveEntries } from './session/log.ts';
import { liveNote } from './session/notes.ts';
import { asked } from './session/turns.ts';
import { channel } from './wire/channel.ts';
import { revocation } from './workspace/logins.ts';

/**
 * Everything that is published rather than requested. The first key is the first token of the subject, the second the
 * last: `channels.live.entry` is `live.<session>.entry`.
 */
export const channels = {
  /** What changes control, for the services that act on it. */
  event: {
    control: channel({
      subject: 'event.<session>.control',
      delivery: 'event',
      summary: 'Control has changed.',
      payload: controlEvent,
      idempotencyKey: ({ sessionId, seq }) => `${sessionId}:${seq}`,
    }),
  },
  /** What subscribers of a session are shown. */
  live: {
    entry: channel({
      subject: 'live.<session>.entry',
      delivery: 'notification',
      summary: 'New entries of the log, whole.',
      payload: liveEntries,
    }),
    draft: channel({
      subject: 'live.<session>.draft',
      delivery: 'notification',
      summary: "A draft of the bot's answer.",
      payload: draft,
    }),
    typing: channel({
      subject: 'live.<session>.typing',
      delivery: 'notification',
      summary: 'Somebody started or stopped typing.',
      payload: typing,
    }),
    seen: channel({
      subject: 'live.<session>.seen',
      delivery: 'notification',
      summary: 'One side has read the log up to this entry.',
      payload: seen,
    }),
    position: channel({
      subject: 'live.<session>.position',
      delivery: 'notification',
      summary: 'Position in the queue and estimated wait.',
      payload: position,
    }),
    note: channel({
      subject: 'live.<session>.note',
      delivery: 'notification',
      summary: 'A note for agents.',
      payload: liveNote,
    }),
    attendance: channel({
      subject: 'live.<session>.attendance',
      delivery: 'request',
      summary: 'Whether the customer is connected to this gateway.',
      payload: attendance,
    }),
    presence: channel({
      subject: 'live.<session>.presence',
      delivery: 'notification',
      summary: 'A gateway has got the first socket of the customer, or has lost the last one.',
      payload: customerPresence,
    }),
  },
  queue: {
    changed: channel({
      subject: 'queue.changed',
      delivery: 'notification',
      summary: 'The queue has changed; coalesced.',
      payload: queueChanged,
    }),
  },
  bot: {
    asked: channel({
      subject: 'bot.<session>.asked',
      delivery: 'notification',
      summary: 'The customer wrote while the bot has control.',
      payload: asked,
    }),
  },
  agent: {
    assigned: channel({
      subject: 'agent.<agent>.assigned',
      delivery: 'notification',
      summary: 'A session was assigned to an agent.',
      payload: agentAssigned,
    }),
    changed: channel({
      subject: 'agent.<agent>.changed',
      delivery: 'notification',
      summary: "An agent's record has changed.",
      payload: agentChanged,
    }),
    rated: channel({
      subject: 'agent.<agent>.rated',
      delivery: 'notification',
      summary: "A customer has rated a session of an agent's.",
      payload: agentRated,
    }),
  },
  workspace: {
    revoked: channel({
      subject: 'workspace.revoked',
      delivery: 'notification',
      summary:
        'A login, an account, a key or a role is no longer what it was: forget what is kept of it, and authenticate again what is connected. What was missed: `chat.workspace.revokedSince`.',
      payload: revocation,
    }),
  },
} as const;
