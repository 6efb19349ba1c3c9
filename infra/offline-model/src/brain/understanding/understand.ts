import { isQuestion, normalise, splitSentences } from '../../text.ts';
import { type PoemRequest, poemDetails } from '../poem.ts';
import { languageOf, openingOf, says, type Topic, topicOf } from './phrases.ts';

/** Why a conversation needs a person; the last three although none was asked for. */
export type HandoffCause = 'asked' | 'ownOrder' | 'unknown' | 'upset' | 'danger' | 'legal';

/** A question with the remarks that lead to it, and alone; the whole text when nothing in it is a question. */
export interface Question {
  readonly text: string;
  readonly core: string;
}

/** What a customer's words (one message or a burst of them) ask for; the first of the list that applies. */
type Intent =
  | { kind: 'person'; cause: HandoffCause; priority: 'high' | 'normal' | 'low' }
  | { kind: 'poem'; poem: PoemRequest }
  | { kind: 'talk'; talk: Topic[]; questions: Question[] };

/** What is read of a message, in characters: matching phrases takes time that can grow with the square of it. */
const READ_LENGTH = 4000;

/** Understands what the customer wrote. Pure and total: whatever comes in, something is understood. */
export function understand(text: string) {
  const read = text.slice(0, READ_LENGTH);
  const sentences = splitSentences(read).map((written) => ({ written, plain: normalise(written) }));
  const anySays = <Meaning extends Parameters<typeof says>[0]>(...meanings: Meaning[]) =>
    meanings.find((one) => sentences.some(({ plain }) => says(one, plain)));
  const isUpset = sentences.some(
    ({ written, plain }) => !says('calm', plain) && (says('upset', plain) || isShouted(written)),
  );

  const intent = (): Intent => {
    const trouble = anySays('danger', 'legal') ?? (isUpset ? 'upset' : undefined);
    if (trouble !== undefined) return { kind: 'person', cause: trouble, priority: 'high' };
    const priority = anySays('noHurry') ? 'low' : anySays('urgent') ? 'high' : 'normal';
    if (sentences.some(({ plain }) => asksForPerson(plain))) return { kind: 'person', cause: 'asked', priority };
    const poem = sentences.findIndex(({ plain }) => says('poem', plain));
    const details = sentences.slice(poem).map(({ written }) => written);
    if (poem >= 0) return { kind: 'poem', poem: poemDetails(details.join('\n')) };
    if (anySays('ownOrder')) return { kind: 'person', cause: 'ownOrder', priority };
    const parts = sentences.map(({ written, plain }) => ({ written, ...smallTalkIn(plain) }));
    return {
      kind: 'talk',
      talk: parts.flatMap(({ talk }) => talk ?? []),
      questions: joinRemarks(
        parts.flatMap(({ talk, rest, written }) => (rest === '' ? [] : [talk === undefined ? written : rest])),
      ),
    };
  };
  return { intent: intent(), language: languageOf(read), mood: isUpset ? 'upset' : 'calm' };
}

const asksForPerson = (plain: string): boolean =>
  says('person', plain) && !says('areYouHuman', plain) && !says('noPerson', plain);

/** Three or more words, all in capitals, with an exclamation mark, as in "WHERE IS MY ORDER!!". */
function isShouted(written: string): boolean {
  const words = written.match(/\p{L}{2,}/gu) ?? [];
  return words.length >= 3 && written.includes('!') && words.every((word) => /^\p{Lu}+$/u.test(word));
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

/** The small talk at the start of a normalised sentence, and what else the sentence says. */
export function smallTalkIn(sentence: string): { talk: Topic | undefined; rest: string } {
  const bare = trimMarks(sentence);
  const whole = wholeTalk(bare);
  if (whole !== undefined) return { talk: whole, rest: '' };
  const opening = openingOf(bare);
  if (opening === undefined) return { talk: undefined, rest: sentence };
  const { topic, language, length } = opening;
  const rest = trimMarks(bare.slice(length));
  const inner = wholeTalk(rest);
  if (inner !== undefined) return { talk: inner, rest: '' };
  // In a language that we hardly know, a few words after a greeting are part of it.
  return { talk: topic, rest: language === 'en' || rest.length > 12 ? rest : '' };
}

function wholeTalk(sentence: string): Topic | undefined {
  if (says('aboutUs', sentence) || says('areYouHuman', sentence)) return 'whoAreYou';
  // "Thanks, bye" is small talk when every part is; the last part decides.
  const parts = sentence.split(',').map((part) => topicOf(part.trim()));
  const words = sentence.replaceAll(',', '');
  return topicOf(words) ?? (parts.includes(undefined) ? undefined : parts.at(-1));
}

/** Without punctuation at either end, smileys and emoji at the back. */
function trimMarks(text: string): string {
  return text
    .replace(/(?:[\s.!,]|[:;]-?[)(dp](?=\s|$)|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\u200D)+$/gu, '')
    .replace(/^[\s,.!?:;–—-]+|[\s,.!?:;–—-]+$/gu, '');
}
