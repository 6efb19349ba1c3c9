import { type CodeOf, type ParsedRequestOf, type SessionApi, transitions } from '@baton/contracts';
import { backToWaiting, toBot, toClosed, toWaiting } from './changes.ts';
import { alreadyAssigned, assignTo, change, closed, type Decision, refused, stale, UNCHANGED } from './decisions.ts';
import type { AgentsById, SessionView } from './view.ts';

/** Decisions that no participant makes: those of supervisors and of the reconcilers. */

type ChangeStatus = SessionApi['endpoints']['changeStatus'];

/** Any change that C1 permits, requested by a supervisor. */
export function decideStatus(
  view: SessionView,
  agents: AgentsById,
  request: ParsedRequestOf<ChangeStatus>,
): Decision<CodeOf<ChangeStatus>> {
  const { session } = view;
  const { reason } = request;
  if (session.status === 'closed') return closed();
  if (request.epoch !== undefined && request.epoch !== session.epoch) return stale();
  if (!transitions[session.status].includes(request.status))
    return refused('ILLEGAL_TRANSITION', `A chat cannot go from ${session.status} to ${request.status}.`, 'status');
  switch (request.status) {
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
          waitReason: reason ?? 'A supervisor put the chat into the queue.',
          priority: 'normal',
          brief: null,
          requestedAt: null,
        }),
      );
    case 'agent': {
      if (request.agentId === undefined)
        return refused('VALIDATION_FAILED', 'agentId: must be given when an agent is to get the chat', 'agentId');
      if (session.assignedAgent === request.agentId) return alreadyAssigned(view);
      const cause = session.status === 'agent' ? 'agent_transferred' : 'agent_assigned';
      return assignTo(view, agents, request.agentId, 'agentId', cause, 'system', reason);
    }
  }
}

/**
 * [A1] The bot has not replied in time. An answer may have been written since the session was found, so this is decided
 * from its current state.
 * @param before ISO 8601: a reply that is pending since then or earlier is overdue.
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
    requestedAt: null,
  });
  // An answer that is written meanwhile makes the log longer.
  return change({ ...decided, lastSeq: session.lastSeq });
}

/** @param before ISO 8601: a session without activity since then has expired. */
export function decideExpiry(view: SessionView, before: string): Decision<never> {
  if (view.session.status === 'closed' || view.session.updatedAt > before) return UNCHANGED;
  const decided = toClosed(view, { cause: 'expired', by: 'system', reason: undefined });
  return change({ ...decided, lastSeq: view.session.lastSeq });
}

/**
 * The customer is not connected. A message or a handoff since then keeps the session open.
 * @param before ISO 8601: a session without activity since then is abandoned.
 */
export function decideAbandonment(view: SessionView, before: string): Decision<never> {
  if (view.session.status !== 'bot' || view.session.updatedAt > before) return UNCHANGED;
  const decided = toClosed(view, { cause: 'abandoned', by: 'system', reason: undefined });
  return change({ ...decided, lastSeq: view.session.lastSeq });
}

/** The log has grown beyond the limit. */
export function decideTooLong(view: SessionView): Decision<never> {
  if (view.session.status === 'closed') return UNCHANGED;
  return change(toClosed(view, { cause: 'too_long', by: 'system', reason: undefined }));
}

/**
 * No agent has come online while the customer waited.
 * @param before ISO 8601: the bot has stood in since then or earlier.
 */
export function decideNobodyCame(view: SessionView, before: string): Decision<never> {
  if (view.session.status !== 'waiting' || view.standInSince === null || view.standInSince > before) return UNCHANGED;
  return change(toBot(view, { cause: 'nobody_available', by: 'system', reason: 'No agent was online.' }));
}
