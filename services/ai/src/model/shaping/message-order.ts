import type { ChatMessage } from '../model.ts';

type Spoken = Exclude<ChatMessage, { role: 'system' }>;

/** Placeholders for messages that a template demands. */
const OPENED = '(The customer has opened the chat.)';
const GO_ON = '(Please go on.)';

/**
 * The conversation in the order that many chat templates demand: one system message or none, then user and assistant
 * strictly in turn, the user first and last. Nothing is lost: neighbours of one role become one message, and notes
 * become part of the customer's message beside them.
 */
export function inStrictOrder(messages: readonly ChatMessage[], withSystem: boolean): ChatMessage[] {
  const begin = messages.findIndex(({ role }) => role !== 'system');
  const head = messages.slice(0, begin < 0 ? messages.length : begin);
  const system = head.map(({ text }) => text).join('\n\n');
  const turns: Spoken[] = [];
  for (const message of messages.slice(head.length)) add(turns, message);
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', text: OPENED });
  if (turns.at(-1)?.role === 'assistant') turns.push({ role: 'user', text: GO_ON });
  if (system === '') return turns;
  if (withSystem) return [{ role: 'system', text: system }, ...turns];
  const [first, ...rest] = turns;
  const words = first === undefined ? '' : first.text;
  const text = `Instructions of the operator, for the whole conversation:\n${system}\n\nThe conversation begins here.\n\n${words}`;
  return [{ role: 'user', text }, ...rest];
}

function add(turns: Spoken[], message: ChatMessage): void {
  const last = turns.at(-1);
  switch (message.role) {
    case 'tool':
      turns.push(message);
      return;
    case 'system':
    case 'user': {
      const text = message.role === 'system' ? `[${message.text}]` : message.text;
      if (last?.role === 'user') turns[turns.length - 1] = { role: 'user', text: join(last.text, text) };
      else if (text.trim() !== '') turns.push({ role: 'user', text });
      return;
    }
    case 'assistant': {
      const { toolCalls } = message;
      if (message.text.trim() === '' && toolCalls === undefined) return;
      // A message with calls is followed by their results, so nothing can be added to it.
      if (last?.role === 'assistant' && last.toolCalls === undefined)
        turns[turns.length - 1] = {
          role: 'assistant',
          text: join(last.text, message.text),
          ...(toolCalls && { toolCalls }),
        };
      else turns.push(message);
    }
  }
}

const join = (one: string, other: string) => [one, other].filter((text) => text.trim() !== '').join('\n\n');
