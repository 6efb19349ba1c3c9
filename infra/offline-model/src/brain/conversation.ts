import type { ChatMessage } from '../request/chat-request.ts';

/** How an application may note, in a system message among the others, that a person took over or gave back. */
const CONTROL_CHANGED =
  /^note\b.*(?:\bis yours again\b|\bback to you\b|\bhanded (?:the chat|the session|it)? ?o(?:ver|ff)\b|\bin the queue\b|\bagent (?:took|joined)\b)/i;
const BACK_WITH_US = /\bis yours again\b|\bback to you\b/i;

/** What is read of a message, in characters. Nobody chats more, and reading takes time that grows with it. */
const READ_LENGTH = 100_000;

export type Conversation = ReturnType<typeof readConversation>;

/** Sorts the messages of a request by the part they play. */
export function readConversation(given: readonly ChatMessage[]) {
  const messages = given.map((message) => withoutMark({ ...message, text: message.text.slice(0, READ_LENGTH) }));
  // This turn, backwards: tool rounds first, then the customer's burst, until an answer in words or until a note says
  // that control changed: what the customer wrote before that has been dealt with.
  let start = messages.length;
  let hasWritten = false;
  for (const message of messages.toReversed()) {
    const isBefore = isInstruction(message)
      ? CONTROL_CHANGED.test(message.text)
      : message.role !== 'user' && (hasWritten || (message.role === 'assistant' && message.toolCalls.length === 0));
    if (isBefore) break;
    hasWritten ||= message.role === 'user';
    start -= 1;
  }
  const [earlier, turn] = [messages.slice(0, start), messages.slice(start)];
  const burst = turn.flatMap(({ role, text }) => (role === 'user' && text.trim() !== '' ? [text] : []));
  const results = new Map(turn.map((one) => (one.role === 'tool' ? [one.toolCallId, one.text] : ['', ''])));
  const calls = turn.flatMap((one) => (one.role === 'assistant' ? one.toolCalls : []));
  const [last, before] = [messages.at(-1), earlier.at(-1)];
  const newest = (role: ChatMessage['role']) => earlier.findLast((one) => one.role === role && one.text !== '')?.text;
  return {
    /** System and developer messages, in order. */
    instructions: messages.filter(isInstruction).map(({ text }) => text),
    /** The last message when it is an instruction: something the application asks for now. */
    lastInstruction: last !== undefined && isInstruction(last) ? last.text : undefined,
    /** What the customer wrote since the last answer; several messages sent in a burst are answered together. */
    burst,
    message: burst.join('\n'),
    /** The customer's message before the burst, and the answer before it. */
    previousQuestion: newest('user'),
    previousAnswer: newest('assistant'),
    /** Tool calls made since the customer last wrote, with their results, oldest first. */
    toolRounds: calls.map((call) => ({ call, result: results.get(call.id) ?? '' })),
    /** True when a note says that control came back to the assistant, and the customer has not written since. */
    isBackWithUs: !hasWritten && before !== undefined && isInstruction(before) && BACK_WITH_US.test(before.text),
    /** What customer and assistant said, in order; without instructions and tools. */
    said: messages.flatMap(({ role, text }) => {
      if ((role !== 'user' && role !== 'assistant') || text.trim() === '') return [];
      return [{ speaker: role === 'user' ? ('customer' as const) : role, text }];
    }),
  };
}

/** How an application may mark what is data among the messages of a user, or in the result of a tool. */
const MARKED = /^<data from="([^"\n]{1,200})">\n([\s\S]*)\n<\/data>$/;

/** Data that comes as the user's is no word of the customer: it is read where an application tells of the chat. */
function withoutMark(message: ChatMessage): ChatMessage {
  const [, from = '', text] = MARKED.exec(message.text) ?? [];
  if (text === undefined || (message.role !== 'user' && message.role !== 'tool')) return message;
  return message.role === 'tool' ? { ...message, text } : { role: 'system', text: `${from}:\n${text}` };
}

const isInstruction = ({ role }: ChatMessage): boolean => role === 'system' || role === 'developer';
