import type { Prompt, ToolSpec } from '../chat-request.ts';
import { answerCustomer } from './answer-customer.ts';
import { answerFromTools } from './answer-from-tools.ts';
import { type Conversation, readConversation } from './conversation.ts';
import { fillArguments } from './fill-arguments.ts';
import { handoverFacts } from './handover.ts';
import { understand } from './intent.ts';
import type { Knowledge } from './knowledge.ts';
import { composePoem } from './poem.ts';
import { poemDetails } from './poem-request.ts';
import { greeting } from './replies.ts';
import { type Reply, say, type WantedCall } from './reply.ts';
import { summarise } from './summary.ts';
import { taskOf } from './task.ts';
import { openToolbox } from './tool-choice.ts';

const SUMMARY_TOKENS = 240;

/**
 * The brain: what a prompt is answered with. Pure and deterministic: the same prompt and knowledge give the same
 * reply. It calls only tools that are offered, and none when `tool_choice` is "none".
 */
export function answer(prompt: Prompt, knowledge: Knowledge, maxTokens = SUMMARY_TOKENS): Reply {
  const conversation = readConversation(prompt.messages);
  const forced = forcedTool(prompt, conversation);
  if (forced !== undefined) return say('', [callOf(forced, conversation)]);

  const reply = freeAnswer(prompt, conversation, knowledge, maxTokens);
  if (prompt.toolChoice.mode === 'required' && reply.toolCalls.length === 0) {
    const { search, others, transfer, poem } = openToolbox(prompt);
    const tool = search ?? others[0] ?? transfer ?? poem;
    if (tool !== undefined) return say('', [callOf(tool, conversation)]);
  }
  if (prompt.jsonSchema !== undefined && reply.toolCalls.length === 0) {
    return say(asJson(prompt.jsonSchema, conversation, reply.text));
  }
  return reply;
}

function freeAnswer(prompt: Prompt, conversation: Conversation, knowledge: Knowledge, maxTokens: number): Reply {
  const toolbox = openToolbox(prompt);
  if (conversation.endsWithToolResult) return answerFromTools(conversation, toolbox);
  const task = taskOf(prompt, conversation);
  switch (task?.kind) {
    case 'summary':
      return say(summarise(task.lines, Math.min(maxTokens, SUMMARY_TOKENS)));
    case 'poem':
      return say(composePoem(task.poem));
    case 'greeting':
      return say(greeting(knowledge, task.language, task.name));
    case undefined:
      return answerCustomer(conversation, toolbox, knowledge);
  }
}

/** The tool that `tool_choice` names, unless this turn has called it already and its result is there. */
function forcedTool(prompt: Prompt, conversation: Conversation): ToolSpec | undefined {
  const choice = prompt.toolChoice;
  if (choice.mode !== 'function' || conversation.toolRounds.some(({ call }) => call.name === choice.name))
    return undefined;
  return prompt.tools.find((tool) => tool.name === choice.name);
}

/** Calls a tool that was chosen for the model, with the best that can be said about each argument. */
function callOf(tool: ToolSpec, conversation: Conversation): WantedCall {
  const message = conversation.burst.join('\n');
  const { intent, mood, language } = understand(message);
  const cause = intent.kind === 'person' ? intent : ({ cause: 'asked', priority: 'normal' } as const);
  const poem = intent.kind === 'poem' ? intent.poem : poemDetails(message);
  const facts = { ...handoverFacts(conversation, { ...cause, mood, language }), ...poem, query: message };
  return { name: tool.name, arguments: JSON.stringify(fillArguments(tool.parameters, facts).value) };
}

function asJson(schema: Readonly<Record<string, unknown>>, conversation: Conversation, text: string): string {
  const message = conversation.burst.join('\n');
  const { intent, mood, language } = understand(message);
  const cause = intent.kind === 'person' ? intent : ({ cause: 'unknown', priority: 'normal' } as const);
  const facts = { ...handoverFacts(conversation, { ...cause, mood, language }), answer: text, summary: text };
  const filled = fillArguments(schema, facts).value;
  return JSON.stringify(Object.keys(filled).length === 0 ? { answer: text } : filled);
}
