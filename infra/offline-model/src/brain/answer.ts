import type { Prompt } from '../request/chat-request.ts';
import { answerCustomer, cannotAnswer, readSituation, type Situation } from './answer-customer.ts';
import { fillForm } from './form.ts';
import { callTool, factsOf } from './handoff.ts';
import type { Knowledge } from './knowledge.ts';
import { quote } from './replies.ts';
import { type Reply, say } from './reply.ts';
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
  const isCalled = (name: string): boolean => conversation.toolRounds.some(({ call }) => call.name === name);
  const forced = tools.find(
    ({ name }) => toolChoice.mode === 'function' && toolChoice.name === name && !isCalled(name),
  );
  if (forced !== undefined) return callTool(forced, factsOf(conversation, 'asked'));

  const reply = freeAnswer(prompt, situation, maxTokens);
  if (reply.toolCalls.length > 0) return reply;
  const required = toolbox.search ?? toolbox.others[0] ?? toolbox.transfer ?? toolbox.poem;
  if (toolChoice.mode === 'required' && required) return callTool(required, factsOf(conversation, 'asked'));
  if (jsonSchema === undefined) return reply;
  const { value } = fillForm(jsonSchema, {
    ...factsOf(conversation, 'unknown'),
    answer: reply.text,
    summary: reply.text,
  });
  return say(JSON.stringify(Object.keys(value).length === 0 ? { answer: reply.text } : value));
}

function freeAnswer(prompt: Prompt, situation: Situation, maxTokens: number | undefined): Reply {
  if (prompt.messages.at(-1)?.role === 'tool') return answerFromTools(situation);
  const task = doTask(prompt, situation.conversation, situation.knowledge, maxTokens);
  return task === undefined ? answerCustomer(situation) : say(task);
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
    if (kind === 'poem') return [text ?? failed];
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
