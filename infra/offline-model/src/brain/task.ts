import type { Prompt } from '../request/chat-request.ts';
import { normalise, splitSentences } from '../text.ts';
import type { Conversation } from './conversation.ts';
import type { Knowledge } from './knowledge.ts';
import { composePoem, poemDetails } from './poem.ts';
import { introduction } from './replies.ts';
import { type Line, readTranscript, summarise } from './summary.ts';
import { says } from './understanding/phrases.ts';

/** Of a summary. */
const MOST_TOKENS = 240;

/**
 * Work the application asks for, as opposed to a customer's message; undefined when it is none. Summaries and poems are
 * asked for without tools, in how the first instruction begins or in the last message; so a chat's long instructions
 * that only mention them stay a chat.
 */
export function doTask({ tools }: Prompt, conversation: Conversation, knowledge: Knowledge, maxTokens = MOST_TOKENS) {
  const { instructions, burst, lastInstruction, said } = conversation;
  const opening = normalise(
    splitSentences(instructions[0] ?? '')
      .slice(0, 2)
      .join(' ')
      .slice(0, 240),
  );
  const asked = lastInstruction ?? burst.at(-1) ?? '';
  const head = normalise(asked.slice(0, 240));
  if (tools.length === 0) {
    const isInstructed = says('summarise', opening);
    if (isInstructed || says('summarise', head))
      return summarise(whatToSummarise(conversation, !isInstructed), Math.min(maxTokens, MOST_TOKENS));
    if (says('compose', opening) && asked !== '') return composePoem(poemDetails(asked));
  }
  const isToldToGreet =
    says('greet', head) && (lastInstruction !== undefined || /^(?:please )?(?:greet|welcome)\b/.test(head));
  const nobodyWrote = said.every(({ speaker }) => speaker !== 'customer');
  return isToldToGreet || nobodyWrote ? introduction(knowledge, 'en') : undefined;
}

/** The lines of a transcript in the last message or in an instruction, else the conversation itself. */
function whatToSummarise({ burst, instructions, lastInstruction, said }: Conversation, isAskedLast: boolean): Line[] {
  const transcript = [...burst, ...instructions].map(readTranscript).find((lines) => lines.length > 0);
  if (transcript !== undefined) return transcript;
  // A request of the last message is not part of what is to be summarised.
  return isAskedLast && lastInstruction === undefined ? said.slice(0, -1) : said;
}
