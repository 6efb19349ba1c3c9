import { type CodeOf, type ParsedRequestOf, type SessionApi, transitions } from '@baton/contracts';
import { backToWaiting, toBot, toClosed, toWaiting } from './changes.ts';
import { change, closed, type Decision, giveTo, refused, stale, takenBy, UNCHANGED } from './decisions.ts';
import type { AgentsById, SessionView } from './view.ts';

/** Decisions that no participant makes: an operator's, and those of the comparing loops. */

type ChangeStatus = SessionApi['endpoints']['changeStatus'];

/** Any change that C1 permits, in an operator's name. */
export function decideStatus(
  view: SessionView,
  agents: AgentsById,
  asked: ParsedRequestOf<ChangeStatus>,
): Decision<CodeOf<ChangeStatus>> {
  const { session } = view;
  const { reason } = asked;
  if (session.status === 'closed') return closed();
  if (asked.epoch !== undefined && asked.epoch !== session.epoch) return stale();
  if (!transitions[session.status].includes(asked.status))
    return refused('ILLEGAL_TRANSITION', `A chat cannot go from ${session.status} to ${asked.status}.`, 'status');
  switch (asked.status) {
    case 'closed':
      return change(toClosed(view, { cause: 'operator_closed', by: 'system', reason }));
    case 'bot':
      return change(toBot(view, { cause: 'queue_cleared', by: 'system', reason }));
    case 'waiting':
      if (session.status === 'agent')
        return change(backToWaiting(view, { cause: 'agent_released', by: 'system', reason }));
      return change(
        toWaiting(view, {
          cause: 'bot_transferred',
          by: 'system',
          reason,
          waitReason: reason ?? 'An operator put the chat on the waiting list.',
          priority: 'normal',
          brief: null,
          place: null,
        }),
      );
    case 'agent': {
      if (asked.agentId === undefined)
        return refused('VALIDATION_FAILED', 'agentId: must be given when an agent is to get the chat', 'agentId');
      if (session.assignedAgent === asked.agentId) return takenBy(view);
      const cause = session.status === 'agent' ? 'agent_transferred' : 'agent_assigned';
      return giveTo(view, agents, asked.agentId, 'agentId', cause, 'system', reason);
    }
  }
}

/**
 * [A1] The bot has let a customer wait for too long. Decided from the session as it is now: an answer may have come
 * since it was found.
 * @param before ISO 8601: what is owed since then or earlier is overdue.
 */
export function decideOverdue(view: SessionView, before: string, brief: Parameters<typeof toWaiting>[1]['brief']) {
  const { session, unansweredSince } = view;
  if (session.status !== 'bot' || unansweredSince === null || unansweredSince > before) return UNCHANGED;
  const reason = 'The assistant did not answer in time.';
  const decided = toWaiting(view, {
    cause: 'bot_failed',
    by: 'system',
    reason,
    waitReason: reason,
    priority: 'normal',
    brief,
    place: null,
  });
  // An answer that was written since has made the log longer.
  return change({ ...decided, lastSeq: session.lastSeq });
}

/** @param before ISO 8601: a session in which nothing has happened since then has expired. */
export function decideExpiry(view: SessionView, before: string): Decision<never> {
  if (view.session.status === 'closed' || view.session.updatedAt > before) return UNCHANGED;
  const decided = toClosed(view, { cause: 'expired', by: 'system', reason: undefined });
  return change({ ...decided, lastSeq: view.session.lastSeq });
}

/**
 * The customer was found away. A word, or a handoff, since then keeps the session open.
 * @param before ISO 8601: a session in which nothing has happened since then is abandoned.
 */
export function decideAbandonment(view: SessionView, before: string): Decision<never> {
  if (view.session.status !== 'bot' || view.session.updatedAt > before) return UNCHANGED;
  const decided = toClosed(view, { cause: 'abandoned', by: 'system', reason: undefined });
  return change({ ...decided, lastSeq: view.session.lastSeq });
}

/** The log has grown beyond the limit, and grows no shorter. */
export function decideTooLong(view: SessionView): Decision<never> {
  if (view.session.status === 'closed') return UNCHANGED;
  return change(toClosed(view, { cause: 'too_long', by: 'system', reason: undefined }));
}

/**
 * Nobody was online for long while the customer waited.
 * @param before ISO 8601: the bot has stood in since then or earlier.
 */
export function decideNobodyCame(view: SessionView, before: string): Decision<never> {
  if (view.session.status !== 'waiting' || view.standInSince === null || view.standInSince > before) return UNCHANGED;
  return change(toBot(view, { cause: 'nobody_available', by: 'system', reason: 'No agent was online.' }));
}
