import { hash, pick } from '../seeded.ts';
import type { Knowledge, Section } from './knowledge.ts';
import { LANGUAGES, type Language } from './understanding/languages.ts';
import type { SmallTalk } from './understanding/understand.ts';

/*
 * The offline model's own words. Two rules: it never pretends to be more than it is, and it never says that a person
 * is coming unless the transfer tool has said so. An offer ("you can ask for a person") is not a promise.
 */

export const WHO_I_AM =
  "I'm Baton's offline model: a small rule-based stand-in for a language model, running without a network.";
export const NO_ANSWER = "I don't know that: nothing I have been given answers it, and I would rather not guess.";
export const BACK_WITH_US = 'We go on here, you and I. What would you like to know?';
export const NO_PERSON = 'I have no way to reach a person from this conversation.';
export const TRANSFER_FAILED =
  'That did not work: the team could not be reached just now. What you wrote is kept. Please try again in a moment.';
export const TOOL_FAILED = 'I tried to look that up, but it did not work just now.';

type Variants = readonly [string, ...string[]];

/** Small talk; {subjects} and {name} are filled in. */
const SMALL_TALK: Record<Exclude<SmallTalk['topic'], 'abilities'>, Variants> = {
  greeting: [
    'Hello! What can I help you with?',
    'Hi there! What would you like to know?',
    'Hello, and welcome! How can I help?',
  ],
  thanks: ["You're welcome!", 'Glad I could help.', 'With pleasure. Is there anything else?'],
  goodbye: ['Goodbye, and thanks for stopping by!', 'See you! Have a good day.', 'Bye! Come back any time.'],
  'how-are-you': [
    "I'm a set of rules, so always the same; but thank you for asking. How can I help?",
    'All rules in order, thank you! What can I do for you?',
  ],
  'who-are-you': [
    `${WHO_I_AM} I am not a person and not a real language model. I answer questions about {subjects} from a few pages of text, and you can ask for a person at any time.`,
  ],
  joke: [
    'Why did the fern refuse the lamp? It wanted to keep a low profile.',
    'How many rule-based models does it take to change a light bulb? Only one, but the bulb must match the pattern.',
  ],
  yes: ['Good. What would you like to know?', "All right. I'm here if there is more."],
  no: ["All right. I'm here if something comes up.", 'Fine! Just write when you need something.'],
  praise: ['Thank you, that is kind!', "I'm glad you like it."],
  sorry: ['No harm done. What can I do for you?'],
  test: ["I'm here and reading. Ask me anything."],
  'my-name': ["You haven't told me your name in this conversation."],
  languages: [
    'I answer in English. In German, Spanish, French, Arabic and Chinese I know only a few words: enough to greet you, and to understand when you want a person.',
  ],
  'changed-mind': ['All right, we go on here. What would you like to know?'],
  introduced: ['Nice to meet you, {name}! What can I help you with?'],
};
const QUOTES: Variants = ['From our notes on “{}”:', 'Under “{}” I find this:', 'Here is what I have on “{}”:'];
const HANDED_OFF: Variants = [
  "Done: our team has your conversation, with a short note so that you don't have to repeat yourself.",
  'I have passed this on to our team, together with all you have written.',
];
const REPHRASE: Variants = [
  'I did not understand that. Could you put it as a question, in other words?',
  "I'm not sure what you mean. Could you ask it in another way?",
];

/** What is talked about, from the files' titles: "Lumen & Leaf and Baton". */
function subjects(knowledge: Knowledge): string {
  const titles = [...new Set(knowledge.sections.map(({ title }) => title))].filter((title) => title !== '');
  return titles.length === 0 ? 'very little' : new Intl.ListFormat('en-GB').format(titles);
}

/** The first words to a customer who has not written yet. */
export function greeting(knowledge: Knowledge, language: Language, name?: string): string {
  if (language !== 'en') return LANGUAGES[language].replies.greeting;
  const hello = name === undefined ? 'Hello!' : `Hello, ${name}!`;
  return `${hello} ${WHO_I_AM} I can answer questions about ${subjects(knowledge)}. You can ask for a person at any time.`;
}

/** Whether a text of ours says what we are. */
export const introduces = (text: string): boolean =>
  text.includes(WHO_I_AM) || Object.values(LANGUAGES).some(({ replies }) => text.includes(replies.greeting));

/** What can be asked, with a few examples from the knowledge. */
export function abilities(knowledge: Knowledge, canReachPerson: boolean): string {
  const headings = knowledge.sections.map((section) => section.heading.toLowerCase());
  const step = Math.max(1, Math.floor(headings.length / 6));
  const examples = headings.filter((_, index) => index % step === 0).slice(0, 6);
  const person = canReachPerson ? ' For everything else there are people: just ask for one.' : '';
  return `I can look up what I have been given about ${subjects(knowledge)}${examples.length > 0 ? `, for example ${examples.join(', ')}` : ''}. I can write a small poem about anything you name.${person}`;
}

/** Small talk; `seed` makes the choice among variants, so that the same conversation reads the same. */
export function smallTalk(talk: SmallTalk, seed: string, language: Language, knowledge: Knowledge): string {
  const { topic } = talk;
  if (topic === 'abilities') return abilities(knowledge, true);
  if (language !== 'en' && (topic === 'greeting' || topic === 'thanks' || topic === 'goodbye'))
    return LANGUAGES[language].replies[topic];
  return pick(SMALL_TALK[topic], seed)
    .replace('{subjects}', () => subjects(knowledge))
    .replace('{name}', () => ('name' in talk ? talk.name : ''));
}

/** A section as an answer: its own words, after where they come from. */
export const quote = ({ heading, text }: Pick<Section, 'heading' | 'text'>, seed: string): string =>
  `${pick(QUOTES, seed).replace('{}', () => heading)} ${text}`;

/** The customer's words could not be understood; nothing was asked. */
export const pleaseRephrase = (seed: string): string => pick(REPHRASE, seed);

/** Whether an answer of ours was that one. */
export const asksToRephrase = (answer: string): boolean => REPHRASE.includes(answer.trim());

/** After a transfer that has succeeded. */
export function handedOff(language: Language, seed: string, position: string | undefined): string {
  if (language !== 'en') return LANGUAGES[language].replies.handedOff;
  const line = position === undefined ? '' : ` You are number ${position} in line.`;
  return `${pick(HANDED_OFF, seed)}${line} Whatever you write here in the meantime is kept.`;
}

/** A seed for the choice of words: what was said, and how far the conversation has come. */
export const seedOf = (text: string, turn: number): string => `${hash(text)}/${turn}`;
