import { countTokens } from '../tokens.ts';
import { terms } from './understanding/terms.ts';
import { isQuestion, normalise, shorten, splitSentences } from './understanding/text.ts';
import { smallTalkIn } from './understanding/understand.ts';

export interface Line {
  readonly speaker: string;
  readonly text: string;
}

const MOST_SENTENCES = 12;
const SPEAKER =
  /^\s*(?:\[[^\]]*\]\s*)?(?:[-*]\s*)?\**(customer|user|visitor|client|bot|assistant|ai|agent|system|summary so far|earlier summary|summary)\b[^:\n]{0,30}\**\s*:\s*(.*)$/i;

/** Reads a transcript of the form "Customer: …"; lines without a speaker go on with the one before. */
export function readTranscript(text: string): Line[] {
  const lines: { speaker: string; text: string }[] = [];
  for (const row of text.split('\n')) {
    const [, speaker, said = ''] = SPEAKER.exec(row) ?? [];
    const last = lines.at(-1);
    if (speaker !== undefined) lines.push({ speaker: speakerOf(speaker), text: said.trim() });
    else if (last !== undefined && row.trim() !== '') last.text = `${last.text} ${row.trim()}`.trim();
  }
  return lines.filter((line) => line.text !== '');
}

function speakerOf(word: string): string {
  const speaker = word.toLowerCase();
  if (/customer|user|visitor|client/.test(speaker)) return 'customer';
  if (/bot|assistant|ai/.test(speaker)) return 'assistant';
  return speaker.includes('summary') ? 'summary' : speaker;
}

/**
 * An extractive summary: the sentences that say most, quoted in their order, within the budget of tokens. What
 * customers say counts more than what they were told; names, numbers and addresses count more than prose; small
 * talk counts nothing; an earlier summary is quoted like a customer.
 */
export function summarise(lines: readonly Line[], maxTokens: number): string {
  // What is said before the customer's first word is a greeting.
  const start = lines.findIndex((line) => line.speaker === 'customer' || line.speaker === 'summary');
  const candidates = lines
    .slice(Math.max(0, start))
    .flatMap((line, at) =>
      splitSentences(line.text).map((sentence) => ({ ...line, at, sentence, terms: terms(sentence) })),
    );
  const frequency = new Map<string, number>();
  for (const term of candidates.flatMap((candidate) => candidate.terms)) {
    frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const ranked = candidates
    .map((candidate, order) => ({ ...candidate, order, weight: weigh(candidate, frequency, lines.length) }))
    .filter((candidate) => candidate.weight > 0)
    .sort((one, other) => other.weight - one.weight);

  const chosen: typeof ranked = [];
  const seen = new Set<string>();
  let left = maxTokens - 12;
  // An earlier summary may take half of the room: what was said since must find its way in.
  let leftForOld = Math.floor(left / 2);
  for (const candidate of ranked) {
    const isOld = candidate.speaker === 'summary';
    const key = normalise(candidate.sentence);
    const cost = countTokens(candidate.sentence) + 4;
    if (seen.has(key) || cost > (isOld ? leftForOld : left) || chosen.length >= MOST_SENTENCES) continue;
    seen.add(key);
    left -= cost;
    if (isOld) leftForOld -= cost;
    chosen.push(candidate);
  }
  if (chosen.length === 0) return fallback(lines);
  chosen.sort((one, other) => one.order - other.order);
  return tell(chosen);
}

function weigh(
  candidate: { speaker: string; at: number; sentence: string; terms: readonly string[] },
  frequency: ReadonlyMap<string, number>,
  lines: number,
): number {
  const small = smallTalkIn(normalise(candidate.sentence));
  const isSmallTalk = small.kind !== undefined && small.rest === '' && small.kind.topic !== 'introduced';
  if (candidate.terms.length === 0 || isSmallTalk) return 0;
  const distinct = [...new Set(candidate.terms)];
  const common = distinct.reduce((sum, term) => sum + Math.log(1 + (frequency.get(term) ?? 0)), 0);
  const isCustomer = candidate.speaker === 'customer';
  return (
    common / Math.sqrt(distinct.length) +
    (isCustomer || candidate.speaker === 'summary' ? 3 : 0) +
    (/\d{3,}|@|€|\$/.test(candidate.sentence) ? 1.5 : 0) +
    (isCustomer && isQuestion(candidate.sentence) ? 1 : 0) +
    // The newest words are what the next reader needs first.
    (candidate.at + 1) / lines
  );
}

function tell(chosen: readonly { speaker: string; sentence: string }[]): string {
  let speaker = '';
  return chosen
    .map((part) => {
      const sentence = shorten(part.sentence, 240);
      const closed = /[.!?。！？…]$/.test(sentence) ? sentence : `${sentence}.`;
      if (part.speaker === 'summary' || part.speaker === speaker) return closed;
      speaker = part.speaker;
      return `The ${part.speaker} ${part.speaker === 'customer' && isQuestion(part.sentence) ? 'asked' : 'said'}: ${closed}`;
    })
    .join(' ');
}

function fallback(lines: readonly Line[]): string {
  const last = lines.findLast((line) => line.speaker === 'customer') ?? lines.at(-1);
  return last === undefined
    ? 'Nothing has been said yet.'
    : `Only small talk so far. The ${last.speaker} last said: ${shorten(last.text, 160)}`;
}
