import { type ChangeCause, type Entry, MAX_PAGE, type MessageEntry } from '@baton/contracts';
import type { ChatMessage } from '../model/model.ts';
import { dataMessage, withoutMarks } from './marked-data.ts';

/** Entries that a turn loads. */
export const LOAD_ENTRIES = MAX_PAGE;

/** A message that needs an answer. */
export function isFromCustomer(entry: Entry): entry is MessageEntry {
  return entry.kind === 'message' && entry.sender === 'user';
}

/**
 * The entries in the order of the conversation: an answer follows what it answers. In the log, a message written while
 * the bot still answered an earlier one precedes that answer, and would look answered.
 */
export function inOrderOfTurns(entries: readonly Entry[]): Entry[] {
  const order = (entry: Entry) =>
    entry.kind === 'message' && entry.inReplyTo !== undefined ? entry.inReplyTo + 0.5 : entry.seq;
  return [...entries].sort((one, other) => order(one) - order(other) || one.seq - other.seq);
}

/** The customer's messages after the last message of the bot or an agent. */
export function unanswered(entries: readonly Entry[]): MessageEntry[] {
  const turns = inOrderOfTurns(entries);
  // A message of the operator's services answers nothing.
  const isAnswer = (entry: Entry) => entry.kind === 'message' && (entry.sender === 'bot' || entry.sender === 'agent');
  const lastAnswer = turns.findLastIndex(isAnswer);
  return turns.slice(lastAnswer + 1).filter(isFromCustomer);
}

/**
 * Changes of control, as the model is told them. Only fixed texts: customers and models write reasons, and a model
 * obeys a system message.
 */
const eventNotes: Record<ChangeCause, string> = {
  started: '',
  customer_requested: 'The customer asked for a human and was put in the queue.',
  bot_transferred: 'You handed the chat off; the customer was put in the queue.',
  bot_failed: 'You could not answer; the customer was put in the queue for a human.',
  agent_released: 'The human agent put the chat back in the queue.',
  agent_vanished: 'The human agent was disconnected; the customer is back in the queue.',
  agent_assigned: 'A human agent took the chat.',
  agent_transferred: 'Another human agent took the chat.',
  customer_cancelled: 'The customer no longer wants a human; the chat is yours again.',
  customer_left: 'The customer was away while waiting for a human; the chat is yours again.',
  agent_returned: 'The human agent gave the chat back to you.',
  queue_cleared: 'The queue was cleared; the chat is yours again.',
  nobody_available: 'No human agent was available; the chat is yours again.',
  customer_ended: '',
  agent_closed: '',
  operator_closed: '',
  expired: '',
  abandoned: '',
  too_long: '',
};

const NOBODY_IS_ONLINE =
  'No human agent is online, so until one is the chat is yours again; the customer keeps their position.';

/**
 * One entry as the model sees it; undefined when the model need not see it.
 * @param standsIn the change with which the customer began to wait, while no agent is online
 */
export function toChatMessage(entry: Entry, standsIn = false): ChatMessage | undefined {
  if (entry.kind === 'event') {
    const note = eventNotes[entry.change.cause];
    if (note === '') return undefined;
    return { role: 'system', text: `Note: ${note}${standsIn ? ` ${NOBODY_IS_ONLINE}` : ''}` };
  }
  switch (entry.sender) {
    case 'user':
      return { role: 'user', text: withoutMarks(entry.content) };
    case 'bot':
      return { role: 'assistant', text: entry.content };
    case 'agent':
      return { role: 'assistant', text: `[written by a human agent] ${entry.content}` };
    case 'system':
      // A service of the operator wrote it, perhaps with the words of others.
      return dataMessage('a service of the operator', entry.content);
  }
}

/** One line of a transcript, for agents and for summaries. */
export function toLine(entry: Entry): string | undefined {
  if (entry.kind === 'event') {
    const note = eventNotes[entry.change.cause];
    return note === '' ? undefined : `System: ${note}`;
  }
  const speakers = { user: 'Customer', bot: 'Assistant', agent: 'Agent', system: 'System' } as const;
  return `${speakers[entry.sender]}: ${entry.content}`;
}
