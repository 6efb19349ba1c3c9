import { type Change, wordsForCustomer } from '@baton/client';
import { foreign } from './foreign.ts';

/** A change of control in words for the customer. What agents tell each other about it is not for them. */
export function changeWords(change: Change): string {
  const told = wordsForCustomer(change);
  return told === undefined ? happened(change) : `${happened(change)} ${foreign(told)}`;
}

function happened({ cause, agentName }: Change): string {
  const agent = agentName === undefined ? 'an agent' : foreign(agentName);
  switch (cause) {
    case 'started':
      return 'Chat started.';
    case 'customer_requested':
      return 'You asked for a human.';
    case 'bot_transferred':
      return 'The assistant is connecting you to a human.';
    case 'bot_failed':
      return 'The assistant couldn’t answer; connecting you to a human.';
    case 'agent_released':
      return 'You’re back in the queue, in the same place.';
    case 'agent_vanished':
      return 'The agent was disconnected; you’re back in the queue, in the same place.';
    case 'agent_assigned':
      return `You’re chatting with ${agent}.`;
    case 'agent_transferred':
      return `You were transferred to ${agent}.`;
    case 'customer_cancelled':
      return 'You left the queue. The assistant is back.';
    case 'customer_left':
      return 'You lost your place in the queue while you were away. The assistant is back.';
    case 'agent_returned':
      return 'The assistant is back.';
    case 'queue_cleared':
    case 'nobody_available':
      return 'No agent is available right now. The assistant is back.';
    case 'customer_ended':
      return 'You ended the chat.';
    case 'agent_closed':
      return 'The agent ended the chat.';
    case 'operator_closed':
      return 'The chat was ended.';
    case 'expired':
      return 'The chat ended after a long silence.';
    case 'abandoned':
      return 'The chat ended while you were away.';
    case 'too_long':
      return 'The chat ended because it had become very long. You can start a new one.';
    default:
      // A newer server may know more causes.
      return 'The chat was transferred.';
  }
}
