import {
  type Agent,
  type Brief,
  type Change,
  type ChangeCause,
  type JsonObject,
  type Priority,
  type Sender,
  transitions,
} from '@baton/contracts';
import { sentence } from './sentences.ts';
import type { ControlChange, SessionView, Step, WaitingOfSource } from './view.ts';

/** Who caused a change and why, as its log entry says. */
export interface Origin {
  cause: ChangeCause;
  by: Sender;
  reason: string | undefined;
  /** What the customer is told. */
  publicReason?: string | undefined;
}

/** To the queue: at its end, or with `requestedAt` at an earlier position. */
export function toWaiting(
  view: SessionView,
  origin: Origin & {
    priority: Priority;
    brief: Brief | null;
    metadata?: JsonObject | undefined;
    requestedAt: string | null;
    limits?: WaitingOfSource | undefined;
    waitReason: string;
  },
): ControlChange {
  return {
    ...unchanged(view),
    to: 'waiting',
    limits: origin.limits ?? null,
    steps: [step(view, view.session.status, 'waiting', origin, { priority: origin.priority })],
    wait: {
      reason: origin.waitReason,
      priority: origin.priority,
      requestedAt: origin.requestedAt,
      brief: origin.brief,
      metadata: origin.metadata ?? {},
      requestedBy: origin.by,
    },
  };
}

/** [Q3] From an agent back to the queue, with the position, brief and metadata of the wait before. */
export function backToWaiting(view: SessionView, origin: Origin, priority?: Priority): ControlChange {
  const before = view.lastWait;
  return toWaiting(view, {
    ...origin,
    priority: priority ?? before?.priority ?? 'normal',
    brief: before?.brief ?? null,
    metadata: before?.metadata,
    requestedAt: before?.requestedAt ?? null,
    // The customer's reason, unless an agent gives another one for its colleague.
    waitReason:
      (origin.by === 'agent' ? origin.reason : before?.reason) ?? origin.reason ?? 'The chat needs another agent.',
  });
}

/**
 * To the bot. From an agent it passes through `waiting` [C1] in one statement: two entries and two epochs, and no agent
 * can claim it in between. A customer's message without an answer becomes the bot's pending reply [A1], so the log must
 * not have grown since it was read.
 */
export function toBot(view: SessionView, origin: Origin): ControlChange {
  const { session, newestMessage, unansweredSeq } = view;
  const steps =
    session.status === 'agent'
      ? [step(view, 'agent', 'waiting', passing(origin), { passing: true }), step(view, 'waiting', 'bot', origin, {})]
      : [step(view, session.status, 'bot', origin, {})];
  return {
    ...unchanged(view),
    lastSeq: session.lastSeq,
    to: 'bot',
    steps,
    // The bot does not reply to a customer who has left.
    unansweredSeq:
      origin.cause === 'customer_left' ? null : newestMessage?.sender === 'user' ? newestMessage.seq : unansweredSeq,
  };
}

/** To an agent. */
export function toAgent(view: SessionView, agent: Agent, origin: Origin): ControlChange {
  return {
    ...unchanged(view),
    to: 'agent',
    steps: [step(view, view.session.status, 'agent', origin, { agentId: agent.id, agentName: agent.name })],
    assignee: agent.id,
  };
}

/** Ends the session. */
export function toClosed(view: SessionView, origin: Origin): ControlChange {
  return { ...unchanged(view), to: 'closed', steps: [step(view, view.session.status, 'closed', origin, {})] };
}

function unchanged(view: SessionView) {
  const { session } = view;
  return {
    sessionId: session.id,
    epoch: session.epoch,
    lastSeq: null,
    assignee: null,
    released: session.status === 'agent' ? session.assignedAgent : null,
    wait: null,
    limits: null,
    unansweredSeq: null,
  };
}

/** The first of two steps. The second one gives the reason. */
const passing = ({ by }: Origin): Origin => ({ cause: 'agent_released', by, reason: undefined });

/** @throws when C1 does not allow the step: then the decision is wrong. */
function step(
  view: SessionView,
  from: Exclude<Change['from'], null>,
  to: Change['to'],
  origin: Origin,
  more: Pick<Change, 'agentId' | 'agentName' | 'priority' | 'passing'>,
): Step {
  if (!transitions[from].includes(to)) throw new Error(`no change of control leads from ${from} to ${to}`);
  const { cause, by, reason, publicReason } = origin;
  const reasons = { ...(reason !== undefined && { reason }), ...(publicReason !== undefined && { publicReason }) };
  const change = { from, to, cause, by, ...reasons, ...more };
  return { change, content: sentence(change, { before: view.session.agentName }) };
}
