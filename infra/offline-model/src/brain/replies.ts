import { hash, pick } from '../seeded.ts';
import type { Knowledge, Section } from './knowledge.ts';
import { LANGUAGES, type Language } from './languages.ts';
import type { SmallTalk } from './small-talk.ts';

/*
 * The offline model's own words. Two rules: it never pretends to be more than it is, and it never says that a person
 * is coming unless the transfer tool has said so. An offer ("you can ask for a person") is not a promise.
 */

export const WHO_I_AM =
  "I'm Baton's offline model: a small rule-based stand-in for a language model, running without a network.";

/** What is talked about, from the files' titles: "Lumen & Leaf and Baton". */
function subjects(knowledge: Knowledge): string {
  const titles = [...new Set(knowledge.sections.map((section) => section.title))].filter((title) => title !== '');
  if (titles.length === 0) return 'very little';
  return titles.length === 1 ? (titles[0] ?? '') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1) ?? ''}`;
}

/** The first words to a customer who has not written yet. */
export function greeting(knowledge: Knowledge, language: Language, name?: string): string {
  if (language !== 'en') return LANGUAGES[language].replies.greeting;
  const hello = name === undefined ? 'Hello!' : `Hello, ${name}!`;
  return `${hello} ${WHO_I_AM} I can answer questions about ${subjects(knowledge)}. You can ask for a person at any time.`;
}

/** Whether a text of ours says what we are. */
export function introduces(text: string): boolean {
  return text.includes(WHO_I_AM) || Object.values(LANGUAGES).some(({ replies }) => text.includes(replies.greeting));
}

/** What can be asked, with a few examples from the knowledge. */
export function abilities(knowledge: Knowledge, canWritePoem: boolean, canReachPerson: boolean): string {
  const headings = knowledge.sections.map((section) => section.heading.toLowerCase());
  const step = Math.max(1, Math.floor(headings.length / 6));
  const examples = headings.filter((_, index) => index % step === 0).slice(0, 6);
  const parts = [
    `I can look up what I have been given about ${subjects(knowledge)}${examples.length > 0 ? `, for example ${examples.join(', ')}` : ''}.`,
    canWritePoem ? 'I can write a small poem about anything you name.' : '',
    canReachPerson ? 'For everything else there are people: just ask for one.' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Small talk; `seed` makes the choice among variants, so that the same conversation reads the same. */
export function smallTalk(talk: SmallTalk, seed: string, language: Language, knowledge: Knowledge): string {
  if (language !== 'en') {
    const { replies } = LANGUAGES[language];
    if (talk.topic === 'greeting' || talk.topic === 'thanks' || talk.topic === 'goodbye') return replies[talk.topic];
  }
  switch (talk.topic) {
    case 'greeting':
      return pick(
        [
          'Hello! What can I help you with?',
          'Hi there! What would you like to know?',
          'Hello, and welcome! How can I help?',
        ],
        seed,
      );
    case 'thanks':
      return pick(["You're welcome!", 'Glad I could help.', 'With pleasure. Is there anything else?'], seed);
    case 'goodbye':
      return pick(
        ['Goodbye, and thanks for stopping by!', 'See you! Have a good day.', 'Bye! Come back any time.'],
        seed,
      );
    case 'how-are-you':
      return pick(
        [
          "I'm a set of rules, so always the same; but thank you for asking. How can I help?",
          'All rules in order, thank you! What can I do for you?',
        ],
        seed,
      );
    case 'who-are-you':
      return `${WHO_I_AM} I am not a person and not a real language model. I answer questions about ${subjects(knowledge)} from a few pages of text, and you can ask for a person at any time.`;
    case 'joke':
      return pick(
        [
          'Why did the fern refuse the lamp? It wanted to keep a low profile.',
          'How many rule-based models does it take to change a light bulb? Only one, but the bulb must match the pattern.',
        ],
        seed,
      );
    case 'yes':
      return pick(['Good. What would you like to know?', "All right. I'm here if there is more."], seed);
    case 'no':
      return pick(["All right. I'm here if something comes up.", 'Fine! Just write when you need something.'], seed);
    case 'praise':
      return pick(['Thank you, that is kind!', "I'm glad you like it."], seed);
    case 'sorry':
      return 'No harm done. What can I do for you?';
    case 'test':
      return "I'm here and reading. Ask me anything.";
    case 'my-name':
      return "You haven't told me your name in this conversation.";
    case 'languages':
      return 'I answer in English. In German, Spanish, French, Arabic and Chinese I know only a few words: enough to greet you, and to understand when you want a person.';
    case 'changed-mind':
      return 'All right, we go on here. What would you like to know?';
    case 'introduced':
      return `Nice to meet you, ${talk.name}! What can I help you with?`;
    case 'abilities':
      return abilities(knowledge, true, true);
  }
}

/** A section as an answer: its own words, after where they come from. */
export function quote(section: Pick<Section, 'heading' | 'text'>, seed: string): string {
  const heading = section.heading;
  const lead = pick(
    [`From our notes on “${heading}”:`, `Under “${heading}” I find this:`, `Here is what I have on “${heading}”:`],
    seed,
  );
  return `${lead} ${section.text}`;
}

const REPHRASE: readonly [string, ...string[]] = [
  'I did not understand that. Could you put it as a question, in other words?',
  "I'm not sure what you mean. Could you ask it in another way?",
];

/** The customer's words could not be understood; nothing was asked. */
export function pleaseRephrase(seed: string): string {
  return pick(REPHRASE, seed);
}

/** Whether an answer of ours was that one. */
export function asksToRephrase(answer: string): boolean {
  return REPHRASE.includes(answer.trim());
}

export const NO_ANSWER = "I don't know that: nothing I have been given answers it, and I would rather not guess.";
export const BACK_WITH_US = 'We go on here, you and I. What would you like to know?';
export const NO_PERSON = 'I have no way to reach a person from this conversation.';
export const TRANSFER_FAILED =
  'That did not work: the team could not be reached just now. What you wrote is kept. Please try again in a moment.';
export const TOOL_FAILED = 'I tried to look that up, but it did not work just now.';

/** After a transfer that has succeeded. */
export function handedOver(language: Language, seed: string, position: number | undefined): string {
  if (language !== 'en') return LANGUAGES[language].replies.handedOver;
  const done = pick(
    [
      "Done: our team has your conversation, with a short note so that you don't have to repeat yourself.",
      'I have passed this on to our team, together with all you have written.',
    ],
    seed,
  );
  const place = position === undefined ? '' : ` You are number ${position} in line.`;
  return `${done}${place} Whatever you write here in the meantime is kept.`;
}

/** A seed for the choice of words: what was said, and how far the conversation has come. */
export function seedOf(text: string, turn: number): string {
  return `${hash(text)}/${turn}`;
}
