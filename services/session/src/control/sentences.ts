import { type Change, withReason } from '@baton/contracts';

/**
 * [C3] A change of control as one English sentence, for clients that show the log as text.
 * @param names of the agent that the session was assigned to, if any.
 */
export function sentence(change: Omit<Change, 'epoch'>, names: { before: string | null }): string {
  return withReason(textOf(change, names.before ?? 'The agent', change.agentName ?? 'An agent'), change.reason);
}

function textOf(change: Omit<Change, 'epoch'>, before: string, now: string): string {
  switch (change.cause) {
    case 'started':
      return 'The chat was started.';
    case 'customer_requested':
      return 'The customer asked for a human agent and is waiting for one.';
    case 'bot_transferred':
      return change.by === 'bot'
        ? 'The assistant handed the chat off; it is waiting for a human agent.'
        : 'The chat was put into the queue for a human agent.';
    case 'bot_failed':
      return 'The assistant could not answer; the chat is waiting for a human agent.';
    case 'agent_released':
      if (change.passing) return `${before} gave the chat back.`;
      return change.by === 'agent'
        ? `${before} gave the chat back to the queue.`
        : `The chat was put back into the queue; ${before} no longer has it.`;
    case 'agent_vanished':
      return `The connection to ${before} was lost; the chat is back at its position in the queue.`;
    case 'agent_assigned':
      return `${now} has joined the chat.`;
    case 'agent_transferred':
      return `${before} transferred the chat to ${now}.`;
    case 'customer_cancelled':
      return 'The customer no longer waits for an agent; the assistant goes on.';
    case 'customer_left':
      return 'The customer has left and gave up the position in the queue; the assistant goes on.';
    case 'agent_returned':
      return `${before} gave the chat back to the assistant.`;
    case 'queue_cleared':
      return 'The chat was taken out of the queue; the assistant goes on.';
    case 'nobody_available':
      return 'No agent was available; the assistant goes on.';
    case 'customer_ended':
      return 'The customer ended the chat.';
    case 'agent_closed':
      return `${before} ended the chat.`;
    case 'operator_closed':
      return 'The chat was ended by a supervisor.';
    case 'expired':
      return 'The chat was ended because nobody had written for a long time.';
    case 'abandoned':
      return 'The chat was ended because the customer had left it.';
    case 'too_long':
      return 'The chat was ended because it had become too long; a new one can be started.';
  }
}
