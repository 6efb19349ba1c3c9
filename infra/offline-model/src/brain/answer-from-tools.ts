import { isObject } from '../is-object.ts';
import { cannotAnswer } from './answer-customer.ts';
import type { Conversation } from './conversation.ts';
import { understand } from './intent.ts';
import { bestPassage } from './passages.ts';
import { handedOver, NO_ANSWER, quote, seedOf, TOOL_FAILED, TRANSFER_FAILED } from './replies.ts';
import { type Reply, say } from './reply.ts';
import { kindOfTool, type Toolbox } from './tool-choice.ts';
import { parseJson, readToolResult, type ToolOutcome } from './tool-result.ts';

/** Goes on after tool results: an answer made from them, or a handover when a search found nothing. */
export function answerFromTools(conversation: Conversation, toolbox: Toolbox): Reply {
  const message = conversation.burst.join('\n');
  const understood = understand(message);
  const seed = seedOf(message, conversation.said.length);
  const outcomes = conversation.toolRounds.map(({ call, result }) => ({
    call,
    result,
    kind: kindOfTool(call.name),
    outcome: readToolResult(result),
  }));
  const transfers = outcomes.filter(({ kind }) => kind === 'transfer');
  const lastTransfer = transfers.at(-1)?.outcome;
  if (lastTransfer !== undefined) {
    return say(lastTransfer.failed ? TRANSFER_FAILED : handedOver(understood.language, seed, positionIn(lastTransfer)));
  }
  const parts = outcomes.flatMap(({ call, result, kind, outcome }, index) => {
    if (outcome.failed) return [TOOL_FAILED];
    if (kind === 'poem') return [outcome.text ?? TOOL_FAILED];
    if (kind === 'search') {
      const passage = bestPassage(queryOf(call.arguments) ?? message, result);
      return passage === undefined ? [] : [passage.heading === '' ? passage.text : quote(passage, `${seed}/${index}`)];
    }
    return [describe(outcome)];
  });
  const distinct = [...new Set(parts)];
  if (distinct.length > 0 && distinct.some((part) => part !== TOOL_FAILED)) return say(distinct.join('\n\n'));
  // Nothing found, or nothing worked: this is a question that cannot be answered.
  const gaveUp = cannotAnswer(message, understood, conversation, toolbox);
  return gaveUp.text === NO_ANSWER ? say(distinct[0] ?? NO_ANSWER) : gaveUp;
}

function describe(outcome: ToolOutcome): string {
  if (outcome.values.length > 1 || outcome.text === undefined) {
    return outcome.values.length === 0 ? 'That is done.' : `Here is what I found: ${outcome.values.join('; ')}.`;
  }
  return outcome.text;
}

function positionIn(outcome: ToolOutcome): number | undefined {
  const found = outcome.values
    .map((value) => /^(?:queue )?position: (\d+)$/.exec(value)?.[1])
    .find((text) => text !== undefined);
  return found === undefined ? undefined : Number(found);
}

/** What a search was asked: the first text among its arguments. */
function queryOf(callArguments: string): string | undefined {
  const parsed = parseJson(callArguments);
  return isObject(parsed) ? Object.values(parsed).find((value) => typeof value === 'string') : undefined;
}
