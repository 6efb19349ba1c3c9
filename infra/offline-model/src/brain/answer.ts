import { isObject } from '../is-object.ts';
import type { Prompt, ToolSpec } from '../request/chat-request.ts';
import { answerCustomer, cannotAnswer } from './answer-customer.ts';
import { type Conversation, readConversation } from './conversation.ts';
import { type Facts, fillForm } from './form.ts';
import { callTool, handoffFacts } from './handoff.ts';
import type { Knowledge } from './knowledge.ts';
import { composePoem, poemDetails } from './poem.ts';
import { greeting, handedOff, NO_ANSWER, quote, seedOf, TOOL_FAILED, TRANSFER_FAILED } from './replies.ts';
import { type Reply, say } from './reply.ts';
import { summarise } from './summary.ts';
import { taskOf } from './task.ts';
import {
  bestPassage,
  kindOfTool,
  openToolbox,
  parseJson,
  readToolResult,
  type Toolbox,
  type ToolOutcome,
} from './tools.ts';
import { type HandoffCause, understand } from './understanding/understand.ts';

const SUMMARY_TOKENS = 240;

/**
 * The brain: what a prompt is answered with. Pure and deterministic: the same prompt and knowledge give the same
 * reply. It calls only tools that are offered, and none when `tool_choice` is "none".
 */
export function answer(prompt: Prompt, knowledge: Knowledge, maxTokens = SUMMARY_TOKENS): Reply {
  const conversation = readConversation(prompt.messages);
  const toolbox = openToolbox(prompt);
  const forced = forcedTool(prompt, conversation);
  if (forced !== undefined) return callTool(forced, allFacts(conversation, 'asked'));

  const reply = freeAnswer(prompt, conversation, toolbox, knowledge, maxTokens);
  if (reply.toolCalls.length > 0) return reply;
  if (prompt.toolChoice.mode === 'required') {
    const tool = toolbox.search ?? toolbox.others[0] ?? toolbox.transfer ?? toolbox.poem;
    if (tool !== undefined) return callTool(tool, allFacts(conversation, 'asked'));
  }
  if (prompt.jsonSchema === undefined) return reply;
  const facts = { ...allFacts(conversation, 'unknown'), answer: reply.text, summary: reply.text };
  const { value } = fillForm(prompt.jsonSchema, facts);
  return say(JSON.stringify(Object.keys(value).length === 0 ? { answer: reply.text } : value));
}

function freeAnswer(
  prompt: Prompt,
  conversation: Conversation,
  toolbox: Toolbox,
  knowledge: Knowledge,
  maxTokens: number,
): Reply {
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
function forcedTool({ toolChoice, tools }: Prompt, { toolRounds }: Conversation): ToolSpec | undefined {
  if (toolChoice.mode !== 'function' || toolRounds.some(({ call }) => call.name === toolChoice.name)) return undefined;
  return tools.find(({ name }) => name === toolChoice.name);
}

/** The best that can be said about each argument of a tool that was chosen for the model. */
function allFacts(conversation: Conversation, otherwise: HandoffCause): Facts {
  const message = conversation.burst.join('\n');
  const understood = understand(message);
  const { intent } = understood;
  const { cause, priority } = intent.kind === 'person' ? intent : ({ cause: otherwise, priority: 'normal' } as const);
  const poem = intent.kind === 'poem' ? intent.poem : otherwise === 'asked' ? poemDetails(message) : {};
  return { ...handoffFacts(conversation, { ...understood, cause, priority }), ...poem, query: message };
}

/** Goes on after tool results: an answer made from them, or a handoff when a search found nothing. */
function answerFromTools(conversation: Conversation, toolbox: Toolbox): Reply {
  const message = conversation.burst.join('\n');
  const understood = understand(message);
  const seed = seedOf(message, conversation.said.length);
  const outcomes = conversation.toolRounds.map(({ call, result }) => ({
    call,
    result,
    kind: kindOfTool(call.name),
    outcome: readToolResult(result),
  }));
  const transfer = outcomes.findLast(({ kind }) => kind === 'transfer')?.outcome;
  if (transfer?.failed === true) return say(TRANSFER_FAILED);
  if (transfer !== undefined) {
    const position = /(?:^|; )(?:queue )?position: (\d+)(?:;|$)/.exec(transfer.values.join('; '))?.[1];
    return say(handedOff(understood.language, seed, position));
  }
  const parts = outcomes.flatMap(({ call, result, kind, outcome }, index) => {
    if (outcome.failed) return [TOOL_FAILED];
    if (kind === 'poem') return [outcome.text ?? TOOL_FAILED];
    if (kind === 'other') return [describe(outcome)];
    const passage = bestPassage(queryOf(call.arguments) ?? message, result);
    return passage === undefined ? [] : [passage.heading === '' ? passage.text : quote(passage, `${seed}/${index}`)];
  });
  const distinct = [...new Set(parts)];
  if (distinct.some((part) => part !== TOOL_FAILED)) return say(distinct.join('\n\n'));
  // Nothing found, or nothing worked: this is a question that cannot be answered.
  const gaveUp = cannotAnswer(message, understood, conversation, toolbox);
  return gaveUp.text === NO_ANSWER ? say(distinct[0] ?? NO_ANSWER) : gaveUp;
}

function describe({ values, text }: ToolOutcome): string {
  if (values.length <= 1 && text !== undefined) return text;
  return values.length === 0 ? 'That is done.' : `Here is what I found: ${values.join('; ')}.`;
}

/** What a search was asked: the first text among its arguments. */
function queryOf(callArguments: string): string | undefined {
  const parsed = parseJson(callArguments);
  return isObject(parsed) ? Object.values(parsed).find((value) => typeof value === 'string') : undefined;
}
