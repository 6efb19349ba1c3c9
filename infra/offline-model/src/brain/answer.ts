import type { Prompt } from '../request/chat-request.ts';
import { answerCustomer, cannotAnswer, readSituation, type Situation } from './answer-customer.ts';
import { fillForm } from './form.ts';
import { callTool, factsOf } from './handoff.ts';
import type { Knowledge } from './knowledge.ts';
import { quote, type Reply, say } from './replies.ts';
import { doTask } from './task.ts';
import { askedOf, bestPassage, kindOfTool, readToolResult } from './tools.ts';
import { phrase } from './understanding/phrases.ts';

/**
 * The brain: what a prompt is answered with. Pure and deterministic: the same prompt and knowledge give the same
 * reply. It calls only tools that are offered, and none when `tool_choice` is "none".
 */
export function answer(prompt: Prompt, knowledge: Knowledge, maxTokens?: number): Reply {
  const situation = readSituation(prompt, knowledge);
  const { conversation, toolbox } = situation;
  const { toolChoice, tools, jsonSchema } = prompt;
  const forced = typeof toolChoice === 'object' && tools.find(({ name }) => name === toolChoice.name);
  if (forced && !conversation.toolRounds.some(({ call }) => call.name === forced.name))
    return callTool(forced, factsOf(conversation, 'asked'));

  const isAfterTool = prompt.messages.at(-1)?.role === 'tool';
  const task = isAfterTool ? undefined : doTask(prompt, conversation, knowledge, maxTokens);
  const toCustomer = isAfterTool ? answerFromTools : answerCustomer;
  const reply = task === undefined ? toCustomer(situation) : say(task);
  if (reply.toolCalls.length > 0) return reply;
  const required = toolbox.search ?? toolbox.others[0] ?? toolbox.transfer ?? toolbox.poem;
  if (toolChoice === 'required' && required) return callTool(required, factsOf(conversation, 'asked'));
  if (jsonSchema === undefined) return reply;
  const facts = { ...factsOf(conversation, 'unknown'), answer: reply.text, summary: reply.text };
  const { value } = fillForm(jsonSchema, facts);
  return say(JSON.stringify(Object.keys(value).length === 0 ? { answer: reply.text } : value));
}

/** Goes on after tool results: an answer made from them, or a handoff when a search found nothing. */
function answerFromTools(situation: Situation): Reply {
  const { conversation, understood, seed } = situation;
  const outcomes = conversation.toolRounds.map(({ call, result }) => ({
    asked: askedOf(call.arguments) ?? conversation.message,
    result,
    kind: kindOfTool(call.name),
    ...readToolResult(result),
  }));
  const transfer = outcomes.findLast(({ kind }) => kind === 'transfer');
  if (transfer?.failed === true) return say(phrase('transferFailed'));
  if (transfer !== undefined) {
    const position = /(?:^|; )(?:queue )?position: (\d+)(?:;|$)/.exec(transfer.values.join('; '))?.[1];
    const line = position && ` ${phrase('position', { position })}`;
    return say(phrase('handedOff', { language: understood.language, seed, line }));
  }
  const failed = phrase('toolFailed');
  const parts = outcomes.flatMap(({ asked, result, kind, failed: isFailed, text, values }, index) => {
    if (isFailed) return [failed];
    if (kind === 'search') {
      const passage = bestPassage(asked, result);
      return passage === undefined ? [] : [quote(passage, `${seed}/${index}`)];
    }
    if (values.length <= 1 && text !== undefined) return [text];
    return [values.length === 0 ? 'That is done.' : `Here is what I found: ${values.join('; ')}.`];
  });
  const distinct = [...new Set(parts)];
  if (distinct.some((part) => part !== failed)) return say(distinct.join('\n\n'));
  // Nothing found, or nothing worked: this is a question that cannot be answered.
  return cannotAnswer(conversation.message, situation, distinct[0]);
}
