import { answer } from '../src/brain/answer.ts';
import { type Knowledge, loadKnowledge } from '../src/brain/knowledge.ts';
import type { Reply } from '../src/brain/replies.ts';
import type { ChatMessage, Prompt, ToolSpec } from '../src/request/chat-request.ts';

export const TRANSFER: ToolSpec = {
  name: 'transfer_to_agent',
  description: 'ChatAssignment the conversation over to a human agent.',
  parameters: {
    type: 'object',
    properties: {
      reason: { type: 'string', maxLength: 200 },
      priority: { type: 'string', enum: ['high', 'normal', 'low'] },
      summary: { type: 'string', maxLength: 1000 },
    },
    required: ['reason', 'priority', 'summary'],
    additionalProperties: false,
  },
};

export const POEM: ToolSpec = {
  name: 'write_poem',
  description: 'Writes a poem.',
  parameters: {
    type: 'object',
    properties: { topic: { type: 'string' }, style: { type: 'string' } },
    required: ['topic'],
  },
};

export const SEARCH: ToolSpec = {
  name: 'search_knowledge',
  description: 'Searches the knowledge base.',
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
};

export const INSTRUCTIONS =
  'You are the assistant of a shop. Answer briefly. Transfer to an agent, with a summary and a brief, when needed; write a poem only with the tool.';

export const knowledge: Knowledge = await loadKnowledge();

/** A prompt as a chat makes it: instructions, then customer and assistant in turn, tools offered. */
export function chat(said: readonly string[], tools: readonly ToolSpec[] = [TRANSFER, POEM]): Prompt {
  const turns = said.map(
    (text, index): ChatMessage =>
      (said.length - 1 - index) % 2 === 0 ? { role: 'user', text } : { role: 'assistant', text, toolCalls: [] },
  );
  return prompt([{ role: 'system', text: INSTRUCTIONS }, ...turns], tools);
}

export function prompt(messages: readonly ChatMessage[], tools: readonly ToolSpec[] = []): Prompt {
  return { messages, tools, toolChoice: tools.length > 0 ? 'auto' : 'none', parallelToolCalls: true };
}

/** What the brain says to one message with the usual tools. */
export function reply(...said: string[]): Reply {
  return answer(chat(said), knowledge);
}

/** The reply in a form tables can show: `transfer high`, `poem`, or the text. */
export function inShort({ text, toolCalls }: Reply): string {
  const [call] = toolCalls;
  if (call === undefined) return text;
  const args: unknown = JSON.parse(call.arguments);
  const priority = typeof args === 'object' && args !== null && 'priority' in args ? ` ${String(args.priority)}` : '';
  return `${call.name}${priority}`;
}
