import { RE2JS } from 're2js';
import { type Demands, demandsByLanguage } from './demand-phrases.ts';
import { sentencesOf } from './sentences.ts';

/** Whoever asks for a human says so near the beginning or the end; the middle of a very long message is not read. */
const MAX_READ = 2_000;

const compile = ({ demands, denies }: Demands) => ({
  demands: RE2JS.compile(demands.map((source) => `(?:${source})`).join('|')),
  denies: RE2JS.compile(denies),
});
const languages = demandsByLanguage.map(compile);

/**
 * [A3] Whether a customer asks for a human in so many words. Where the model can call its tools this is the model's to
 * see, as it understands more; it is asked for models that cannot, and may overlook what they are told of tools.
 */
export function demandsHuman(message: string): boolean {
  const text = message.length <= 2 * MAX_READ ? message : `${message.slice(0, MAX_READ)}\n${message.slice(-MAX_READ)}`;
  return sentencesOf(text).some((sentence) =>
    languages.some(({ demands, denies }) => demands.test(sentence) && !denies.test(sentence)),
  );
}
