import ar from '../../../phrases/ar.json' with { type: 'json' };
import de from '../../../phrases/de.json' with { type: 'json' };
import en from '../../../phrases/en.json' with { type: 'json' };
import es from '../../../phrases/es.json' with { type: 'json' };
import fr from '../../../phrases/fr.json' with { type: 'json' };
import zh from '../../../phrases/zh.json' with { type: 'json' };
import { normalise, pick, withoutMarks } from '../../text.ts';

/*
 * The tables of phrases/, one a language: what means what, and what is said. Phrases are expressions over a normalised
 * sentence; `{name}` in one stands for a row of the English `words`.
 */
const LANGUAGES = { en, de, es, fr, ar, zh };
export type Language = keyof typeof LANGUAGES;
/** Small talk: a sentence that says nothing else. */
export type Topic = keyof typeof en.smallTalk | keyof typeof en.openings | 'whoAreYou';
type Name = keyof typeof en.replies;
type Rows = Readonly<Record<string, string | readonly string[]>>;

const words: Readonly<Record<string, string>> = en.words;
const expand = (source: string): string => source.replace(/\{([a-z]+)\}/gi, (_, name) => expand(words[name] ?? ''));
const compile = <T extends string>(rows: Rows, before = '', after = '') =>
  Object.entries(rows).map(([name, sources]) => ({
    name: name as T, // the caller knows its table
    phrase: new RegExp(`${before}(?:${withoutMarks(expand([sources].flat().join('|')))})${after}`),
  }));

const byLanguage = Object.entries(LANGUAGES).map(([language, { phrases, openings }]) => ({
  language: language as Language, // the keys are the type's
  phrases: compile<keyof typeof en.phrases>(phrases),
  openings: compile<Topic>(openings, '^[¿¡]*'),
}));
const phrases = Map.groupBy(
  byLanguage.flatMap((one) => one.phrases),
  ({ name }) => name,
);
const smallTalk = compile<Topic>(en.smallTalk, '^', '$');

/** Whether a normalised sentence contains a phrase of this meaning, in any language. */
export const says = (meaning: keyof typeof en.phrases, sentence: string): boolean =>
  phrases.get(meaning)?.some(({ phrase }) => phrase.test(sentence)) === true;

/** The small talk that a whole normalised sentence is. The first row that matches counts. */
export const topicOf = (sentence: string): Topic | undefined =>
  smallTalk.find(({ phrase }) => phrase.test(sentence))?.name;

/** The greeting, thanks or goodbye that a normalised sentence begins with. */
export const openingOf = (sentence: string) =>
  byLanguage
    .flatMap(({ language, openings }) =>
      openings.map(({ name, phrase }) => ({ topic: name, language, length: phrase.exec(sentence)?.[0].length ?? 0 })),
    )
    .find(({ length }) => length > 0);

/** The language that a phrase we know gives away; English otherwise. */
export function languageOf(text: string): Language {
  const plain = normalise(text);
  const others = byLanguage.slice(1);
  return (
    others.find((own) => [...own.phrases, ...own.openings].some((row) => row.phrase.test(plain)))?.language ?? 'en'
  );
}

const repliesIn = (language: Language, name: Name): string[] => {
  const replies: Rows = LANGUAGES[language].replies;
  return [replies[name] ?? en.replies[name]].flat();
};

/**
 * What is said about something, in English where the language has no words for it. The seed chooses among variants, so
 * that the same conversation reads the same; the values stand for `{name}`.
 */
export function phrase(name: Name, values: { language?: Language } & Record<string, string | undefined> = {}): string {
  const { language = 'en', seed = '' } = values;
  const filled: typeof values = { me: repliesIn(language, 'me')[0], ...values };
  return pick(repliesIn(language, name), seed).replace(/\{(\w+)\}/g, (_, value) => filled[value] ?? '');
}

/** Whether a text of ours contains one of these replies, in any language. */
export const isReply = (name: Name, text: string): boolean =>
  byLanguage.some(({ language }) => repliesIn(language, name).some((reply) => text.includes(reply)));
