import type { ToolSpec } from '../request/chat-request.ts';
import type { Conversation } from './conversation.ts';
import { type Facts, fillForm } from './form.ts';
import { type Reply, say } from './reply.ts';
import { summarise } from './summary.ts';
import { LANGUAGES, type Language } from './understanding/languages.ts';
import { isQuestion, shorten, splitSentences } from './understanding/text.ts';
import { type HandoffCause, type Mood, type Priority, understand } from './understanding/understand.ts';

export interface Handoff {
  readonly cause: HandoffCause;
  readonly priority: Priority;
  readonly mood: Mood;
  readonly language: Language;
}

const BRIEF_TOKENS = 120;
/** How many of the customer's newest sentences are searched for what they want. */
const LOOK_BACK = 40;
const NOTHING_YET = 'Nothing was discussed before: the customer only asked for a person.';

/** A call of any tool, its arguments filled by the schema it came with. */
export function callTool({ name, parameters }: ToolSpec, facts: Facts): Reply {
  return say('', [{ name, arguments: JSON.stringify(fillForm(parameters, facts).value) }]);
}

/** What an agent should know before the first word. */
export function handoffFacts({ burst, said, previousAnswer }: Conversation, handoff: Handoff): Facts {
  const message = burst.join('\n');
  const wants = whatIsWanted(said);
  return {
    message,
    reason: reasonFor(handoff, message),
    priority: handoff.priority,
    mood: handoff.mood,
    language: handoff.language,
    summary: wants === undefined ? NOTHING_YET : summarise(said, BRIEF_TOKENS),
    ...(wants === undefined ? {} : { wants }),
    ...(previousAnswer === undefined ? {} : { answered: shorten(previousAnswer, 300) }),
  };
}

const REASONS: Record<Exclude<HandoffCause, 'unknown'>, string> = {
  asked: 'Asked for a person.',
  upset: 'Something went wrong, and a person should look at it.',
  danger: 'Something may be dangerous, and a person should look at it at once.',
  legal: 'A matter of payment or law, for a person to look at.',
  'own-order': 'Needs somebody who can see and change orders.',
};

/** In one sentence that both the customer and the agent may read. */
function reasonFor({ cause, language }: Handoff, message: string): string {
  if (language !== 'en') return LANGUAGES[language].replies.personNeeded;
  return cause === 'unknown' ? `The assistant has no answer to: “${shorten(message, 160)}”` : REASONS[cause];
}

/**
 * The newest sentence of the customer that is about a matter, questions first; undefined when all that was said is
 * small talk and the wish for a person.
 */
function whatIsWanted(said: Conversation['said']): string | undefined {
  const sentences = said
    .filter(({ speaker }) => speaker === 'customer')
    .flatMap(({ text }) => splitSentences(text))
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
