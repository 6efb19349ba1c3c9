import { RE2JS } from 're2js';
import { type Phrasings, phrasings } from './promise-phrases.ts';
import { sentencesOf } from './split-sentences.ts';

/** Longer than any answer within the default token limit. Of a longer answer the end is read, where promises are. */
const MAX_READ = 16_000;

/** RE2 does not backtrack: time is linear in the length of the answer, also when it repeats itself. */
const anyOf = (sources: readonly string[]) => RE2JS.compile(sources.map((source) => `(?:${source})`).join('|'));
const compile = ({ promises, offers, denies }: Phrasings) => ({
  promises: anyOf(promises),
  offers: RE2JS.compile(offers),
  denies: RE2JS.compile(denies),
});
const languages = phrasings.map(compile);
/** Few clauses promise anything, so each is first tested once against all languages. */
const inAnyLanguage = anyOf(phrasings.flatMap(({ promises }) => promises));

/**
 * [A3] Whether an answer without a tool call tells the customer that a human takes over. Then the handoff must be made.
 * A promise speaks of what happens now or will happen: "I'm connecting you with a colleague", "an agent will be with
 * you shortly". An offer ("I can connect you if you like"), a question, a condition or a refusal is none: a false alarm
 * puts a customer into the queue who did not ask for it.
 */
export function promisesHuman(answer: string): boolean {
  return sentencesOf(answer.slice(-MAX_READ)).some((sentence) => {
    const promising = clausesOf(sentence).filter((clause) => inAnyLanguage.test(clause));
    return languages.some(
      ({ promises, offers, denies }) =>
        promising.some((clause) => promises.test(clause) && !denies.test(clause)) && !offers.test(sentence),
    );
  });
}

/** "I can't help with that, so I'm connecting you with an agent" denies in one clause and promises in the other. */
function clausesOf(sentence: string): string[] {
  const clauses = sentence.split(/[,;:–—，；،]\s*|\s(?:so|but|aber|daher|mais|donc|pero|así que|ma|mas|maar)\s/u);
  return clauses.length === 1 ? [sentence] : [sentence, ...clauses.filter((clause) => clause !== '')];
}
