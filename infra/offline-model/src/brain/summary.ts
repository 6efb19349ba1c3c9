import { countTokens, isQuestion, normalise, shorten, splitSentences } from '../text.ts';
import { terms } from './understanding/terms.ts';
import { smallTalkIn } from './understanding/understand.ts';

export interface Line {
  readonly speaker: string;
  readonly text: string;
}

const SPEAKER =
  /^\s*(?:\[[^\]]*\]\s*)?(?:[-*]\s*)?\**(?:(?<customer>customer|user|visitor|client)|(?<assistant>bot|assistant|ai)|(?<agent>agent)|(?<system>system)|(?<summary>(?:earlier )?summary(?: so far)?))\b[^:\n]{0,30}\**\s*:\s*(.*)$/i;

/** Reads a transcript of the form "Customer: …"; lines without a speaker go on with the one before. */
export function readTranscript(text: string): Line[] {
  const lines: { speaker: string; text: string }[] = [];
  for (const row of text.split('\n')) {
    const found = SPEAKER.exec(row);
    const [speaker] = Object.entries(found?.groups ?? {}).find(([, word]) => word !== undefined) ?? [];
    const last = lines.at(-1);
    if (speaker !== undefined) lines.push({ speaker, text: found?.at(-1)?.trim() ?? '' });
    else if (last !== undefined) last.text = `${last.text} ${row.trim()}`.trim();
  }
  return lines.filter((line) => line.text !== '');
}

/**
 * An extractive summary: the sentences that say most, quoted in their order, within the budget of tokens. What
 * customers say counts more than what they were told; names, numbers and addresses count more than prose; small
 * talk counts nothing; an earlier summary is quoted like a customer.
 */
export function summarise(lines: readonly Line[], maxTokens: number): string {
  const isTelling = ({ speaker }: Line): boolean => speaker === 'customer' || speaker === 'summary';
  // What is said before the customer's first word is a greeting.
  const sentences = lines
    .slice(Math.max(0, lines.findIndex(isTelling)))
    .flatMap(({ speaker, text }, at) => splitSentences(text).map((sentence) => ({ speaker, text: sentence, at })))
    .filter(({ text }) => !isSmallTalk(text));
  const weigh = ({ speaker, text, at }: (typeof sentences)[number]): number =>
    Math.sqrt(new Set(terms(text)).size) +
    (isTelling({ speaker, text }) ? 3 : 0) +
    (/\d{3,}|[@€$]/.test(text) ? 1.5 : 0) +
    // The newest words are what the next reader needs first.
    (at + 1) / lines.length;

  const chosen = new Set<Line>();
  let left = maxTokens - 12;
  // An earlier summary may take half of the room: what was said since must find its way in.
  let leftForOld = Math.floor(left / 2);
  const distinct = [...new Map(sentences.map((sentence) => [normalise(sentence.text), sentence])).values()];
  const weighed = distinct.map((sentence) => ({ sentence, weight: weigh(sentence) }));
  for (const { sentence } of weighed.sort((one, other) => other.weight - one.weight)) {
    const isOld = sentence.speaker === 'summary';
    const cost = countTokens(sentence.text) + 4;
    if (cost > (isOld ? leftForOld : left)) continue;
    left -= cost;
    if (isOld) leftForOld -= cost;
    chosen.add(sentence);
  }
  if (chosen.size > 0) return tell(sentences.filter((sentence) => chosen.has(sentence)));
  return 'Only small talk so far.';
}

function isSmallTalk(sentence: string): boolean {
  const { talk, rest } = smallTalkIn(normalise(sentence));
  return terms(sentence).length === 0 || (talk !== undefined && rest === '' && talk !== 'introduced');
}

function tell(lines: readonly Line[]): string {
  let last = '';
  return lines
    .map(({ speaker, text }) => {
      const sentence = shorten(text, 240).replace(/(?<![.!?。！？…])$/, '.');
      if (speaker === 'summary' || speaker === last) return sentence;
      last = speaker;
      return `The ${speaker} ${speaker === 'customer' && isQuestion(text) ? 'asked' : 'said'}: ${sentence}`;
    })
    .join(' ');
}
