import { type DigitGroup, digitRows } from './digit-groups.ts';
import type { Span } from './kinds.ts';

/** ISO/IEC 7812: the lengths in use, and the first digits of payment cards. */
const SHORTEST = 13;
const LONGEST = 19;
const FIRST_DIGITS = '23456';
/** Cards are printed in groups of four to six digits; only the last may be shorter. */
const SHORTEST_GROUP = 4;

/** Numbers of payment cards, whose last digit is a check digit. Of a row, the longest number from each group on. */
export function* findCards(text: string): Generator<Span> {
  for (const row of digitRows(text)) {
    for (let first = 0; first < row.length; first++) {
      const last = lastGroupOfCard(row, first);
      const [from, to] = [row[first], last === undefined ? undefined : row[last]];
      if (last === undefined || from === undefined || to === undefined) continue;
      yield { start: from.start, end: to.end };
      first = last;
    }
  }
}

function lastGroupOfCard(row: readonly DigitGroup[], first: number): number | undefined {
  let digits = row[first]?.digits ?? '';
  if (digits.length < SHORTEST_GROUP || !FIRST_DIGITS.includes(digits[0] ?? '')) return undefined;
  let found: number | undefined;
  for (let last = first; digits.length <= LONGEST; last++) {
    if (digits.length >= SHORTEST && hasCheckDigit(digits)) found = last;
    const next = row[last + 1]?.digits;
    if (next === undefined || (row[last]?.digits.length ?? 0) < SHORTEST_GROUP) break;
    digits += next;
  }
  return found;
}

/** The algorithm of Luhn: every second digit from the right is doubled. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
