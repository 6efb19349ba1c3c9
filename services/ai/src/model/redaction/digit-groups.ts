/** Digits without a separator. */
export interface DigitGroup {
  digits: string;
  start: number;
  end: number;
  /** What stands between the group before and this one; empty for the first of a row. */
  between: string;
}

const DIGITS = /\d+/g;
/** What people write between the groups of one number: one or two signs, as in `(030) 12`. */
const SEPARATORS = ' \u00a0\u202f()./-';
const MAX_BETWEEN = 2;

/** Rows of digit groups, each of which may be one number or several. */
export function digitRows(text: string): DigitGroup[][] {
  const rows: DigitGroup[][] = [];
  let row: DigitGroup[] = [];
  let endOfLast = 0;
  for (const { 0: digits, index: start } of text.matchAll(DIGITS)) {
    const between = row.length > 0 ? separatorsOf(text, endOfLast, start) : '';
    if (between === '') {
      row = [];
      rows.push(row);
    }
    endOfLast = start + digits.length;
    row.push({ digits, start, end: endOfLast, between });
  }
  return rows;
}

/** The separators between two groups; empty when there is anything else. */
function separatorsOf(text: string, from: number, to: number): string {
  if (to - from > MAX_BETWEEN) return '';
  const between = text.slice(from, to);
  return [...between].every((sign) => SEPARATORS.includes(sign)) ? between : '';
}
