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

/** Who caused a change and why, as its entry tells it. */
export interface Why {
  cause: ChangeCause;
  by: Sender;
  reason: string | undefined;
  /** What the customer is told of it. */
  publicReason?: string | undefined;
}

/** To the waiting list, at a place of its own or (`place`) at the one it had. */
export function toWaiting(
  view: SessionView,
  why: Why & {
    priority: Priority;
    brief: Brief | null;
    metadata?: JsonObject | undefined;
    place: string | null;
    most?: WaitingOfSource | undefined;
    waitReason: string;
  },
): ControlChange {
  return {
    ...unchanged(view),
    to: 'waiting',
    most: why.most ?? null,
    steps: [step(view, view.session.status, 'waiting', why, { priority: why.priority })],
    wait: {
      reason: why.waitReason,
      priority: why.priority,
      requestedAt: why.place,
      brief: why.brief,
      metadata: why.metadata ?? {},
      requestedBy: why.by,
    },
  };
}

/** [Q3] From an agent back to the waiting list, at the place and with the brief and metadata of the wait before. */
export function backToWaiting(view: SessionView, why: Why, priority?: Priority): ControlChange {
  const before = view.lastWait;
  return toWaiting(view, {
    ...why,
    priority: priority ?? before?.priority ?? 'normal',
    brief: before?.brief ?? null,
    metadata: before?.metadata,
    place: before?.requestedAt ?? null,
    // What the customer came for, unless an agent says what the next one is to do.
    waitReason: (why.by === 'agent' ? why.reason : before?.reason) ?? why.reason ?? 'The chat needs another agent.',
  });
}

/**
 * To the bot. From an agent it goes by way of waiting [C1], in one: two entries, two epochs, and nobody can take it in
 * between. A customer's message that nobody answered becomes the bot's to answer, from now on [A1]; so the log must not
 * have grown since it was looked at.
 */
export function toBot(view: SessionView, why: Why): ControlChange {
  const { session, newestMessage, unansweredSeq } = view;
  const steps =
    session.status === 'agent'
      ? [step(view, 'agent', 'waiting', passingBy(why), { passing: true }), step(view, 'waiting', 'bot', why, {})]
      : [step(view, session.status, 'bot', why, {})];
  return {
    ...unchanged(view),
    lastSeq: session.lastSeq,
    to: 'bot',
    steps,
    // Who has left is not talked to.
    owedSeq:
      why.cause === 'customer_left' ? null : newestMessage?.sender === 'user' ? newestMessage.seq : unansweredSeq,
  };
}

/** Into the hands of an agent. */
export function toAgent(view: SessionView, agent: Agent, why: Why): ControlChange {
  return {
    ...unchanged(view),
    to: 'agent',
    steps: [step(view, view.session.status, 'agent', why, { agentId: agent.id, agentName: agent.name })],
    taker: agent.id,
  };
}

/** To the end. */
export function toClosed(view: SessionView, why: Why): ControlChange {
  return { ...unchanged(view), to: 'closed', steps: [step(view, view.session.status, 'closed', why, {})] };
}

function unchanged(view: SessionView) {
  const { session } = view;
  return {
    sessionId: session.id,
    epoch: session.epoch,
    lastSeq: null,
    taker: null,
    loser: session.status === 'agent' ? session.assignedAgent : null,
    wait: null,
    most: null,
    owedSeq: null,
  };
}

/** The first of two changes at once. The reason is told with the second, so that it is told once. */
const passingBy = ({ by }: Why): Why => ({ cause: 'agent_released', by, reason: undefined });

/** @throws when C1 does not know the change: a decision that asks for it is wrong. */
function step(
  view: SessionView,
  from: Exclude<Change['from'], null>,
  to: Change['to'],
  why: Why,
  more: Pick<Change, 'agentId' | 'agentName' | 'priority' | 'passing'>,
): Step {
  if (!transitions[from].includes(to)) throw new Error(`no change of control leads from ${from} to ${to}`);
  const { cause, by, reason, publicReason } = why;
  const reasons = { ...(reason !== undefined && { reason }), ...(publicReason !== undefined && { publicReason }) };
  const change = { from, to, cause, by, ...reasons, ...more };
  return { change, content: sentence(change, { before: view.session.agentName }) };
}
