import type { ToolSpec } from '../chat-request.ts';
import type { Conversation } from './conversation.ts';
import { type Facts, fillArguments } from './fill-arguments.ts';
import { type HandoverCause, type Priority, understand } from './intent.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { type Reply, say } from './reply.ts';
import { summarise } from './summary.ts';
import { isQuestion, shorten, splitSentences } from './text.ts';

export interface Handover {
  readonly cause: HandoverCause;
  readonly priority: Priority;
  readonly mood: 'calm' | 'upset';
  readonly language: Language;
}

const BRIEF_TOKENS = 120;
/** How many of the customer's newest sentences are searched for what they want. */
const LOOK_BACK = 40;
const NOTHING_YET = 'Nothing was discussed before: the customer only asked for a person.';

/** A call of the transfer tool, its arguments filled by the schema it came with. */
export function handOver(tool: ToolSpec, conversation: Conversation, handover: Handover): Reply {
  const { value } = fillArguments(tool.parameters, handoverFacts(conversation, handover));
  return say('', [{ name: tool.name, arguments: JSON.stringify(value) }]);
}

/** What an agent should know before the first word. */
export function handoverFacts(conversation: Conversation, handover: Handover): Facts {
  const message = conversation.burst.join('\n');
  const wants = whatIsWanted(conversation);
  return {
    message,
    reason: reasonFor(handover, message),
    priority: handover.priority,
    mood: handover.mood,
    language: handover.language,
    summary: wants === undefined ? NOTHING_YET : summarise(conversation.said, BRIEF_TOKENS),
    ...(wants === undefined ? {} : { wants }),
    ...(conversation.previousAnswer === undefined ? {} : { answered: shorten(conversation.previousAnswer, 300) }),
  };
}

/** In one sentence that both the customer and the agent may read. */
function reasonFor({ cause, language }: Handover, message: string): string {
  if (language !== 'en') return LANGUAGES[language].replies.personNeeded;
  switch (cause) {
    case 'asked':
      return 'Asked for a person.';
    case 'upset':
      return 'Something went wrong, and a person should look at it.';
    case 'danger':
      return 'Something may be dangerous, and a person should look at it at once.';
    case 'legal':
      return 'A matter of payment or law, for a person to look at.';
    case 'own-order':
      return 'Needs somebody who can see and change orders.';
    case 'unknown':
      return `The assistant has no answer to: “${shorten(message, 160)}”`;
  }
}

/**
 * The newest sentence of the customer that is about a matter, questions first; undefined when all that was said is
 * small talk and the wish for a person.
 */
function whatIsWanted(conversation: Conversation): string | undefined {
  const sentences = conversation.said
    .filter((line) => line.speaker === 'customer')
    .flatMap((line) => splitSentences(line.text))
    .reverse()
    .slice(0, LOOK_BACK)
    // "My lamp is broken, I want a person": the matter may stand beside the wish.
    .flatMap((sentence) => (isAboutAMatter(sentence) ? [sentence] : sentence.split(/[,;:]\s+/)))
    .filter(isAboutAMatter);
  const chosen = sentences.find(isQuestion) ?? sentences[0];
  return chosen === undefined ? undefined : shorten(chosen, 200);
}

function isAboutAMatter(sentence: string): boolean {
  const { intent } = understand(sentence);
  return intent.kind === 'poem' || (intent.kind === 'talk' ? intent.questions.length > 0 : intent.cause !== 'asked');
}
