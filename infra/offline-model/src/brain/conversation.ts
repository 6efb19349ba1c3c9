import type { ChatMessage, ToolCall } from '../request/chat-request.ts';

/** What the model looks at when it decides: the messages, sorted by the part they play. */
export interface Conversation {
  /** System and developer messages, in order. */
  readonly instructions: readonly string[];
  /** The last message when it is an instruction: something the application asks for now. */
  readonly lastInstruction: string | undefined;
  /** What the customer wrote since the last answer; several messages sent in a burst are answered together. */
  readonly burst: readonly string[];
  /** The customer's message before the burst. */
  readonly previousQuestion: string | undefined;
  /** The answer before the burst. */
  readonly previousAnswer: string | undefined;
  /** Tool calls made since the customer last wrote, with their results, oldest first. */
  readonly toolRounds: readonly { readonly call: ToolCall; readonly result: string }[];
  /** True when a note says that control came back to the assistant, and the customer has not written since. */
  readonly isBackWithUs: boolean;
  /** True when the newest message is a tool's result. */
  readonly endsWithToolResult: boolean;
  /** What customer and assistant said, in order; without instructions and tools. */
  readonly said: readonly { readonly speaker: 'customer' | 'assistant'; readonly text: string }[];
}

/** How an application may note, in a system message among the others, that a person took over or gave back. */
const CONTROL_CHANGED =
  /^note\b.*(?:\bis yours again\b|\bback to you\b|\bhanded (?:the chat|the session|it)? ?o(?:ver|ff)\b|\bin the queue\b|\bagent (?:took|joined)\b)/i;
const BACK_WITH_US = /\bis yours again\b|\bback to you\b/i;

/** What is read of a message, in characters. Nobody chats more, and reading takes time that grows with it. */
const READ_LENGTH = 100_000;

/** Sorts the messages of a request. */
export function readConversation(given: readonly ChatMessage[]): Conversation {
  const messages = given.map((message) => withoutMark({ ...message, text: message.text.slice(0, READ_LENGTH) }));
  const last = messages.at(-1);
  const burst: string[] = [];
  const results = new Map<string, string>();
  const toolRounds: { call: ToolCall; result: string }[] = [];
  let index = messages.length - 1;
  let isBackWithUs = false;
  // Backwards through this turn: tool rounds first, then the customer's burst, until an answer in words or until a
  // note says that control changed: what the customer wrote before that has been dealt with.
  for (; index >= 0; index -= 1) {
    const message = messages[index];
    if (message === undefined) break;
    if (message.role === 'tool') {
      if (burst.length > 0) break;
      results.set(message.toolCallId, message.text);
    } else if (message.role === 'assistant') {
      if (message.toolCalls.length === 0 || burst.length > 0) break;
      toolRounds.unshift(...message.toolCalls.map((call) => ({ call, result: results.get(call.id) ?? '' })));
    } else if (message.role === 'user') {
      burst.unshift(message.text);
    } else if (CONTROL_CHANGED.test(message.text)) {
      isBackWithUs ||= burst.length === 0 && BACK_WITH_US.test(message.text);
      break;
    }
  }
  const earlier = messages.slice(0, index + 1);
  const textOf = (role: ChatMessage['role']): string | undefined =>
    earlier.findLast((message) => message.role === role && message.text !== '')?.text;
  return {
    instructions: messages.filter(isInstruction).map((message) => message.text),
    lastInstruction: last !== undefined && isInstruction(last) ? last.text : undefined,
    burst: burst.filter((text) => text.trim() !== ''),
    previousQuestion: textOf('user'),
    previousAnswer: textOf('assistant'),
    toolRounds,
    isBackWithUs,
    endsWithToolResult: last?.role === 'tool',
    said: messages.flatMap((message) => {
      if ((message.role !== 'user' && message.role !== 'assistant') || message.text.trim() === '') return [];
      return [
        { speaker: message.role === 'user' ? ('customer' as const) : ('assistant' as const), text: message.text },
      ];
    }),
  };
}

/** How an application may mark what is data among the messages of a user, or in the result of a tool. */
const MARKED = /^<data from="([^"\n]{1,200})">\n([\s\S]*)\n<\/data>$/;

/** Data that comes as the user's is no word of the customer: it is read where an application tells of the chat. */
function withoutMark(message: ChatMessage): ChatMessage {
  if (message.role !== 'user' && message.role !== 'tool') return message;
  const [, from = '', text] = MARKED.exec(message.text) ?? [];
  if (text === undefined) return message;
  return message.role === 'tool' ? { ...message, text } : { role: 'system', text: `${from}:\n${text}` };
}

function isInstruction(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer';
}
