import { RE2JS } from 're2js';
import { type Demands, demandsByLanguage } from './demand-phrases.ts';
import { sentencesOf } from './split-sentences.ts';

/** The middle of a very long message is not read: customers ask for a human near its beginning or end. */
const MAX_READ = 2_000;

const compile = ({ demands, denies }: Demands) => ({
  demands: RE2JS.compile(demands.map((source) => `(?:${source})`).join('|')),
  denies: RE2JS.compile(denies),
});
const languages = demandsByLanguage.map(compile);

/**
 * [A3] Whether a customer plainly asks for a human. A model that can call tools decides this itself, as it understands
 * more. This is for models that are told of tools in the prompt, and may overlook them.
 */
export function demandsHuman(message: string): boolean {
  const text = message.length <= 2 * MAX_READ ? message : `${message.slice(0, MAX_READ)}\n${message.slice(-MAX_READ)}`;
  return sentencesOf(text).some((sentence) =>
    languages.some(({ demands, denies }) => demands.test(sentence) && !denies.test(sentence)),
  );
}
