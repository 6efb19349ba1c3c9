import { isWordAt } from './characters.ts';
import { type DigitGroup, digitRows } from './digit-groups.ts';
import type { Span } from './kinds.ts';

/** ITU-T E.164: the most digits of an international number. */
const LONGEST = 15;
const SHORTEST_INTERNATIONAL = 8;
/** With fewer digits a date, such as 01.12.2026, would be a number. */
const SHORTEST_NATIONAL = 9;
const LONGEST_NATIONAL = 13;

/**
 * Telephone numbers: with `+` or `00` and a country, with the 0 of a national number, or in the form of North America
 * (555-123-4567). Other digits are orders, amounts and dates, which the model must read.
 */
export function* findPhones(text: string): Generator<Span> {
  for (const row of digitRows(text)) {
    for (let first = 0; first < row.length; first++) {
      const last = lastGroupOfPhone(text, row, first);
      const [from, to] = [row[first], last === undefined ? undefined : row[last]];
      if (from === undefined || to === undefined || isWithinWord(text, from.start)) continue;
      yield { start: startWithSigns(text, from.start), end: to.end };
      first = last ?? first;
    }
  }
}

function lastGroupOfPhone(text: string, row: readonly DigitGroup[], first: number): number | undefined {
  const group = row[first];
  if (group === undefined) return undefined;
  const { digits, start } = group;
  if (text[start - 1] === '+') return lastWithin(row, first, SHORTEST_INTERNATIONAL, LONGEST);
  if (digits.startsWith('00')) return lastWithin(row, first, SHORTEST_INTERNATIONAL + 2, LONGEST + 2);
  if (digits.startsWith('0'))
    return digits.length === 1 || isDate(row, first)
      ? undefined
      : lastWithin(row, first, SHORTEST_NATIONAL, LONGEST_NATIONAL);
  const area = digits === '1' ? first + 1 : first;
  const isNorthAmerican =
    row[area]?.digits.length === 3 && row[area + 1]?.digits.length === 3 && row[area + 2]?.digits.length === 4;
  return isNorthAmerican ? area + 2 : undefined;
}

/** The last group with which the number has as many digits as it may have. */
function lastWithin(row: readonly DigitGroup[], first: number, least: number, most: number): number | undefined {
  let length = 0;
  let found: number | undefined;
  for (let last = first; last < row.length; last++) {
    length += row[last]?.digits.length ?? 0;
    if (length > most) break;
    if (length >= least) found = last;
  }
  return found;
}

/**
 * Two digits, two, and two or four, with the same sign between: 01.12.2026. Or two and two, as in a span or a list:
 * 01.12. - 24.12., 09.00 / 12.30.
 */
function isDate(row: readonly DigitGroup[], first: number): boolean {
  const [day, month, year, next] = [row[first], row[first + 1], row[first + 2], row[first + 3]];
  if (day === undefined || month === undefined || year === undefined) return false;
  if (day.digits.length > 2 || month.digits.length > 2) return false;
  const sign = month.between.trim();
  if (!['.', '-', '/'].includes(sign)) return false;
  if (year.between === month.between) return next?.between !== month.between && [2, 4].includes(year.digits.length);
  return month.between === sign && year.between.length > 2;
}

/** Part of an order number, a path or a decimal number: `ORD-0301234567`, `#0301234567`, `/0301234567`. */
function isWithinWord(text: string, start: number): boolean {
  const before = text[start - 1] ?? ' ';
  if (isWordAt(text, start - 1) || before === '_' || before === '#') return true;
  return '-./=,'.includes(before) && isWordAt(text, start - 2);
}

function startWithSigns(text: string, start: number): number {
  let from = start;
  while (start - from < 2 && (text[from - 1] === '+' || text[from - 1] === '(')) from--;
  return from;
}
