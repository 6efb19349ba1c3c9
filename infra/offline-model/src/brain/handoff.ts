import type { ToolSpec } from '../request/chat-request.ts';
import { isQuestion, shorten, splitSentences } from '../text.ts';
import type { Conversation } from './conversation.ts';
import { type Facts, fillForm } from './form.ts';
import { type Reply, say } from './replies.ts';
import { summarise } from './summary.ts';
import { phrase } from './understanding/phrases.ts';
import { type HandoffCause, understand } from './understanding/understand.ts';

const BRIEF_TOKENS = 120;
/** How many of the customer's newest sentences are searched for what they want. */
const LOOK_BACK = 40;

export const callTool = ({ name, parameters }: ToolSpec, facts: Facts): Reply =>
  say('', [{ name, arguments: JSON.stringify(fillForm(parameters, facts).value) }]);

/**
 * The best that can be said about each argument of a tool, and what an agent should know before the first word.
 * `otherwise` is why a person is needed when the customer did not say so.
 */
export function factsOf({ message, said, previousAnswer }: Conversation, otherwise: HandoffCause): Facts {
  const { intent, language, mood } = understand(message);
  const { cause, priority } = intent.kind === 'person' ? intent : { cause: otherwise, priority: 'normal' };
  const wants = whatIsWanted(said);
  return {
    message,
    query: message,
    // One sentence that both the customer and the agent may read.
    reason: phrase(language === 'en' ? cause : 'personNeeded', { language, message: shorten(message, 160) }),
    priority,
    mood,
    language,
    wants,
    summary: wants === undefined ? phrase('nothingYet') : summarise(said, BRIEF_TOKENS),
    answered: previousAnswer && shorten(previousAnswer, 300),
    ...(intent.kind === 'poem' && intent.poem),
  };
}

/** The customer's newest sentence about more than small talk and the wish for a person, questions first. */
function whatIsWanted(said: Conversation['said']): string | undefined {
  const written = said.flatMap(({ speaker, text }) => (speaker === 'customer' ? splitSentences(text) : []));
  const sentences = written
    .slice(-LOOK_BACK)
    .reverse()
    // "My lamp is broken, I want a person": the matter may stand beside the wish.
    .flatMap((sentence) => (isAboutAMatter(sentence) ? [sentence] : sentence.split(/[,;:]\s+/).filter(isAboutAMatter)));
  const chosen = sentences.find(isQuestion) ?? sentences[0];
  return chosen && shorten(chosen, 200);
}

function isAboutAMatter(sentence: string): boolean {
  const { intent } = understand(sentence);
  return intent.kind === 'poem' || (intent.kind === 'talk' ? intent.questions.length > 0 : intent.cause !== 'asked');
}
