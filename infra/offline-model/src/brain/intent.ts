import { type Language, OTHER_LANGUAGES } from './languages.ts';
import { type PoemRequest, poemRequest } from './poem-request.ts';
import { type SmallTalk, smallTalkIn } from './small-talk.ts';
import { isQuestion, normalise, splitSentences } from './text.ts';
import { isUpset, type Trouble, troubleIn } from './trouble.ts';
import { asksForPerson } from './wanting-a-person.ts';

export type Priority = 'high' | 'normal' | 'low';

export type HandoverCause = 'asked' | 'own-order' | 'unknown' | Trouble;

/** What a customer's words (one message or a burst of them) ask for; the first of the list that applies. */
export type Intent =
  | { readonly kind: 'person'; readonly cause: HandoverCause; readonly priority: Priority }
  | { readonly kind: 'poem'; readonly poem: PoemRequest }
  | { readonly kind: 'talk'; readonly talk: readonly SmallTalk[]; readonly questions: readonly Question[] };

export interface Question {
  /** The question with the remarks that lead to it. */
  readonly text: string;
  /** The question alone; the whole text when nothing in it is a question. */
  readonly core: string;
}

export interface Understood {
  readonly intent: Intent;
  readonly language: Language;
  readonly mood: 'calm' | 'upset';
}

const URGENT =
  /\b(?:urgent(?:ly)?|emergency|asap|immediately|right now|as soon as possible|dringend|sofort|urgente|urgence|dringlich)\b|عاجل|紧急|緊急|马上/;
const NO_HURRY =
  /\b(?:not urgent|no rush|no hurry|whenever (?:you|someone|somebody|it)|when(?:ever)? (?:you|someone|somebody) (?:has|have|get|gets) (?:the |some |a )?(?:time|minute|moment)|low priority|take your time|nothing urgent|not in a hurry|keine eile|sin prisa|pas urgent)\b/;

const OWN_ORDER =
  /^(?:hi |hello |please |pls |can you |could you |will you |i want to |i need to |i would like to |i'd like to |,)*(?:please )?(?:cancel|change|update|modify|resend|refund|replace|correct|return) (?:my|our|the) (?:last |latest |recent )?(?:order|address|parcel|package|delivery|invoice|payment|subscription)\b|\border (?:number |no\.? ?|nr\.? ?|id )?#?(?:[a-z]{1,4}-?)?\d{3,}|#\d{4,}/;

/** What is read of a message, in characters: matching phrases takes time that can grow with the square of it. */
const READ_LENGTH = 4000;

/** Understands what the customer wrote. Pure and total: whatever comes in, something is understood. */
export function understand(text: string): Understood {
  const read = text.slice(0, READ_LENGTH);
  const sentences = splitSentences(read).map((written) => ({ written, plain: normalise(written) }));
  const whole = normalise(read);
  const language = languageOf(whole);
  const trouble = firstOf(sentences, ({ written, plain }) => troubleIn(plain, written)) ?? foreignTrouble(whole);
  const upset = trouble === 'upset' || sentences.some(({ written, plain }) => isUpset(plain, written));
  const mood = upset ? 'upset' : 'calm';

  const asked =
    sentences.some(({ plain }) => asksForPerson(plain)) ||
    OTHER_LANGUAGES.some(([, phrases]) => phrases.human.test(whole));
  if (trouble !== undefined) return { intent: { kind: 'person', cause: trouble, priority: 'high' }, language, mood };
  if (asked) return { intent: { kind: 'person', cause: 'asked', priority: priorityOf(whole) }, language, mood };

  const poem = firstOf(sentences, ({ written }) => poemRequest(written));
  if (poem !== undefined) return { intent: { kind: 'poem', poem }, language, mood };

  if (sentences.some(({ plain }) => OWN_ORDER.test(plain))) {
    return { intent: { kind: 'person', cause: 'own-order', priority: priorityOf(whole) }, language, mood };
  }

  const talk: SmallTalk[] = [];
  const rest: string[] = [];
  for (const { written, plain } of sentences) {
    const small = smallTalkIn(plain);
    if (small.kind !== undefined) talk.push(small.kind);
    if (small.rest !== '') rest.push(small.kind === undefined ? written : small.rest);
  }
  return { intent: { kind: 'talk', talk, questions: joinRemarks(rest) }, language, mood };
}

/** A remark belongs to the question it leads to: "I bought a lamp. Can I return it?" is one thing to look up. */
function joinRemarks(sentences: readonly string[]): Question[] {
  const questions: Question[] = [];
  let remark = '';
  for (const sentence of sentences.flatMap(splitQuestions)) {
    const text = remark === '' ? sentence : `${remark} ${sentence}`;
    if (isQuestion(sentence)) {
      questions.push({ text, core: sentence });
      remark = '';
    } else {
      remark = text;
    }
  }
  if (remark === '') return questions;
  const last = questions.pop();
  return [
    ...questions,
    last === undefined ? { text: remark, core: remark } : { ...last, text: `${last.text} ${remark}` },
  ];
}

/** "How much is shipping, and do you ship to Norway?" is two questions. */
function splitQuestions(sentence: string): string[] {
  const [first = '', ...others] = sentence.split(
    /,? and (?=(?:do|does|how|when|what|where|which|can|could|is|are|will|why|who)\b)/i,
  );
  const isWhole = others.length === 0 || !isQuestion(first) || first.split(' ').length < 3;
  return isWhole ? [sentence] : [`${first}?`, ...others];
}

function priorityOf(whole: string): Priority {
  if (NO_HURRY.test(whole)) return 'low';
  return URGENT.test(whole) ? 'high' : 'normal';
}

function foreignTrouble(whole: string): Trouble | undefined {
  return OTHER_LANGUAGES.some(([, phrases]) => phrases.upset.test(whole)) ? 'upset' : undefined;
}

/** The language a phrase we know gives away; English otherwise. */
function languageOf(whole: string): Language {
  for (const [language, phrases] of OTHER_LANGUAGES) {
    const { human, upset, greeting, thanks, goodbye, poem } = phrases;
    if ([human, upset, greeting, thanks, goodbye, poem].some((phrase) => phrase.test(whole))) return language;
  }
  return 'en';
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
