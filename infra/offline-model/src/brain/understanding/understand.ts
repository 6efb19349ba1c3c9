import { type PoemRequest, poemRequest } from '../poem.ts';
import { GREETING, says, type Topic, topicOf } from './intents.ts';
import { type Language, OTHER_LANGUAGES } from './languages.ts';
import { isQuestion, normalise, splitSentences } from './text.ts';

export type Priority = 'high' | 'normal' | 'low';
export type Mood = 'calm' | 'upset';
/** Why a conversation needs a person; the last three although none was asked for. */
export type HandoffCause = 'asked' | 'own-order' | 'unknown' | 'upset' | 'danger' | 'legal';
export type SmallTalk = { topic: Topic | 'greeting' | 'who-are-you' } | { topic: 'introduced'; name: string };

/** A question with the remarks that lead to it, and alone; the whole text when nothing in it is a question. */
export interface Question {
  readonly text: string;
  readonly core: string;
}

/** What a customer's words (one message or a burst of them) ask for; the first of the list that applies. */
export type Intent =
  | { kind: 'person'; cause: HandoffCause; priority: Priority }
  | { kind: 'poem'; poem: PoemRequest }
  | { kind: 'talk'; talk: SmallTalk[]; questions: Question[] };

export interface Understood {
  readonly intent: Intent;
  readonly language: Language;
  readonly mood: Mood;
}

/** What is read of a message, in characters: matching phrases takes time that can grow with the square of it. */
const READ_LENGTH = 4000;

/** Understands what the customer wrote. Pure and total: whatever comes in, something is understood. */
export function understand(text: string): Understood {
  const read = text.slice(0, READ_LENGTH);
  const sentences = splitSentences(read).map((written) => ({ written, plain: normalise(written) }));
  const whole = normalise(read);
  const inAny = (row: Parameters<typeof says>[0]) => sentences.some(({ plain }) => says(row, plain));
  const foreign = (kind: 'upset' | 'human') => OTHER_LANGUAGES.some(([, phrases]) => phrases[kind].test(whole));
  const upset = sentences.some(({ written, plain }) => isUpset(plain, written)) || foreign('upset');

  const intent = (): Intent => {
    const troubles = sentences.map(({ written, plain }) => troubleIn(plain, written));
    const trouble = troubles.find((found) => found !== undefined) ?? (foreign('upset') ? 'upset' : undefined);
    if (trouble !== undefined) return { kind: 'person', cause: trouble, priority: 'high' };
    const priority = says('noHurry', whole) ? 'low' : says('urgent', whole) ? 'high' : 'normal';
    if (sentences.some(({ plain }) => asksForPerson(plain)) || foreign('human'))
      return { kind: 'person', cause: 'asked', priority };
    const poem = sentences.map(({ written }) => poemRequest(written)).find((found) => found !== undefined);
    if (poem !== undefined) return { kind: 'poem', poem };
    if (inAny('ownOrder')) return { kind: 'person', cause: 'own-order', priority };
    const parts = sentences.map(({ written, plain }) => ({ written, ...smallTalkIn(plain) }));
    return {
      kind: 'talk',
      talk: parts.flatMap(({ kind }) => kind ?? []),
      questions: joinRemarks(
        parts.flatMap(({ kind, rest, written }) => (rest === '' ? [] : [kind === undefined ? written : rest])),
      ),
    };
  };
  return { intent: intent(), language: languageOf(whole), mood: upset ? 'upset' : 'calm' };
}

const asksForPerson = (plain: string): boolean =>
  says('person', plain) && !says('areYouHuman', plain) && !says('noPerson', plain);

function troubleIn(plain: string, written: string): 'danger' | 'legal' | 'upset' | undefined {
  if (says('danger', plain)) return 'danger';
  if (says('legal', plain)) return 'legal';
  return isUpset(plain, written) ? 'upset' : undefined;
}

function isUpset(plain: string, written: string): boolean {
  if (says('calm', plain)) return false;
  // Shouted: three or more words in capitals with an exclamation mark, as in "WHERE IS MY ORDER!!".
  const words = written.match(/\p{L}{2,}/gu) ?? [];
  const isCapital = (word: string) => word === word.toUpperCase() && word !== word.toLowerCase();
  return says('upset', plain) || (words.length >= 3 && words.every(isCapital) && written.includes('!'));
}

/** A remark belongs to the question it leads to: "I bought a lamp. Can I return it?" is one thing to look up. */
function joinRemarks(sentences: readonly string[]): Question[] {
  const questions: Question[] = [];
  let remark = '';
  for (const sentence of sentences.flatMap(splitQuestions)) {
    const text = `${remark} ${sentence}`.trim();
    if (isQuestion(sentence)) questions.push({ text, core: sentence });
    remark = isQuestion(sentence) ? '' : text;
  }
  if (remark === '') return questions;
  const last = questions.pop() ?? { text: '', core: remark };
  return [...questions, { ...last, text: `${last.text} ${remark}`.trim() }];
}

/** "How much is shipping, and do you ship to Norway?" is two questions. */
function splitQuestions(sentence: string): string[] {
  const [first = '', ...others] = sentence.split(
    /,? and (?=(?:do|does|how|when|what|where|which|can|could|is|are|will|why|who)\b)/i,
  );
  const isWhole = others.length === 0 || !isQuestion(first) || first.split(' ').length < 3;
  return isWhole ? [sentence] : [`${first}?`, ...others];
}

/** The language that a phrase we know gives away; English otherwise. */
function languageOf(whole: string): Language {
  const found = OTHER_LANGUAGES.find(([, { replies: _, ...phrases }]) =>
    Object.values(phrases).some((phrase) => phrase.test(whole)),
  );
  return found?.[0] ?? 'en';
}

/** The small talk at the start of a normalised sentence, and what else the sentence says. */
export function smallTalkIn(sentence: string): { kind: SmallTalk | undefined; rest: string } {
  const bare = trimMarks(sentence);
  const greeting = GREETING.exec(bare);
  if (greeting !== null) {
    // "Good day" opens, "good day care plants" does not: the rest must stand by itself.
    const rest = trimMarks(bare.slice(greeting[0].length));
    const inner = rest === '' ? undefined : whole(rest);
    return inner === undefined ? { kind: { topic: 'greeting' }, rest } : { kind: inner, rest: '' };
  }
  const kind = whole(bare);
  if (kind !== undefined) return { kind, rest: '' };
  for (const [, phrases] of OTHER_LANGUAGES) {
    for (const topic of ['greeting', 'thanks', 'goodbye'] as const) {
      const match = phrases[topic].exec(bare);
      if (match === null) continue;
      // A greeting in a language we hardly know is answered as such; a long question after it is not.
      const rest = trimMarks(bare.slice(match.index + match[0].length));
      return { kind: { topic }, rest: rest.length > 12 ? rest : '' };
    }
  }
  return { kind: undefined, rest: sentence };
}

function whole(sentence: string): SmallTalk | undefined {
  const name = /^(?:my name is|my name's|i am called|i'm called) (\p{L}[\p{L}'-]{1,20})$/u.exec(sentence)?.[1];
  if (name !== undefined) return { topic: 'introduced', name: name.charAt(0).toUpperCase() + name.slice(1) };
  if (says('areYouHuman', sentence) || says('aboutUs', sentence)) return { topic: 'who-are-you' };
  const words = sentence.replaceAll(',', '');
  // "Thanks, bye" is small talk when every part is; the last part decides.
  const parts = sentence.split(',').map((part) => topicOf(part.trim()));
  const topic =
    topicOf(words) ??
    topicOf(words.replace(/^(?:ok|okay|well|so|and|oh|ah) (?=\w)/, '')) ??
    (parts.every((part) => part !== undefined) ? parts.at(-1) : undefined);
  return topic === undefined ? undefined : { topic };
}

/** Without punctuation at either end, smileys and emoji at the back. */
function trimMarks(text: string): string {
  return text
    .replace(/(?:[\s.!,]|[:;]-?[)(dp](?=\s|$)|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\u200D)+$/gu, '')
    .replace(/^[\s,.!?:;–—-]+|[\s,.!?:;–—-]+$/gu, '');
}
