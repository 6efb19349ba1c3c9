import type { Knowledge, Section } from './knowledge.ts';
import { isReply, type Language, phrase } from './understanding/phrases.ts';

/*
 * The offline model's own words are in phrases/. Two rules: it never pretends to be more than it is, and it never says
 * that a person is coming unless the transfer tool has said so. An offer ("you can ask for a person") is no promise.
 */

/** What is talked about, from the files' titles: "Lumen & Leaf and Baton". */
export function subjects({ sections }: Knowledge): string {
  const titles = [...new Set(sections.map(({ title }) => title))].filter((title) => title !== '');
  return titles.length === 0 ? 'very little' : new Intl.ListFormat('en-GB').format(titles);
}

/** The first words to a customer who has not written yet. */
export const introduction = (knowledge: Knowledge, language: Language = 'en', name?: string): string =>
  phrase('introduction', { language, subjects: subjects(knowledge), toName: name && `, ${name}` });

/** Whether a text of ours says what we are. */
export const introduces = (text: string): boolean => isReply('me', text);

/** What can be asked, with a few examples from the knowledge. */
export function abilities(knowledge: Knowledge, canReachPerson: boolean): string {
  const headings = knowledge.sections.map(({ heading }) => heading.toLowerCase());
  const step = Math.max(1, Math.floor(headings.length / 6));
  const examples = headings.filter((_, index) => index % step === 0).slice(0, 6);
  return phrase('abilities', {
    subjects: subjects(knowledge),
    examples: examples.length > 0 ? `, for example ${examples.join(', ')}` : '',
    person: canReachPerson ? ` ${phrase('people')}` : '',
  });
}

/** A section as an answer: its own words, after where they come from. */
export const quote = ({ heading, text }: Pick<Section, 'heading' | 'text'>, seed: string): string =>
  heading === '' ? text : `${phrase('quote', { seed, heading })} ${text}`;
