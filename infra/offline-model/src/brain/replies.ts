import type { Knowledge, Section } from './knowledge.ts';
import { type Language, phrase } from './understanding/phrases.ts';

/*
 * The offline model's own words are in phrases/. Two rules: it never pretends to be more than it is, and it never says
 * that a person is coming unless the transfer tool has said so. An offer ("you can ask for a person") is no promise.
 */

/** What the model says: words, tool calls, or both. */
export interface Reply {
  readonly text: string;
  /** `arguments` is JSON text. */
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
}

export const say = (text: string, toolCalls: Reply['toolCalls'] = []): Reply => ({ text, toolCalls });

/** What is talked about, from the files' titles: "Lumen & Leaf and Baton". */
export function subjects({ sections }: Knowledge): string {
  const titles = [...new Set(sections.map(({ title }) => title))].filter((title) => title !== '');
  return titles.length === 0 ? 'very little' : new Intl.ListFormat('en-GB').format(titles);
}

export const introduction = (knowledge: Knowledge, language: Language): string =>
  phrase('introduction', { language, subjects: subjects(knowledge) });

/** What can be asked, with a few examples from the knowledge. */
export function abilities(knowledge: Knowledge, canReachPerson: boolean): string {
  const { sections } = knowledge;
  const some = sections.filter((_, index) => index % Math.ceil(sections.length / 6) === 0);
  return phrase('abilities', {
    subjects: subjects(knowledge),
    examples: `, for example ${some.map(({ heading }) => heading.toLowerCase()).join(', ')}`,
    person: canReachPerson ? ` ${phrase('people')}` : '',
  });
}

/** A section as an answer: its own words, after where they come from. */
export const quote = ({ heading, text }: Pick<Section, 'heading' | 'text'>, seed: string): string =>
  heading === '' ? text : `${phrase('quote', { seed, heading })} ${text}`;
