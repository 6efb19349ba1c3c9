/** Digits without a separator. */
export interface DigitGroup {
  digits: string;
  start: number;
  end: number;
  /** What stands between the group before and this one; empty for the first of a row. */
  between: string;
}

/** What people write between the groups of one number: up to four signs, as in `030 / 12` and `(030) - 12`. */
const SEPARATORS = new Set([...' \u00a0\u202f()./-'].map((sign) => sign.charCodeAt(0)));
const MAX_BETWEEN = 4;

/** Rows of digit groups, each of which may be one number or several. */
export function digitRows(text: string): DigitGroup[][] {
  const rows: DigitGroup[][] = [];
  let row: DigitGroup[] = [];
  let endOfLast = 0;
  for (let start = 0; start < text.length; start++) {
    if (!isDigitAt(text, start)) continue;
    let end = start + 1;
    while (isDigitAt(text, end)) end++;
    const between = row.length > 0 ? separatorsOf(text, endOfLast, start) : '';
    if (between === '') {
      row = [];
      rows.push(row);
    }
    row.push({ digits: text.slice(start, end), start, end, between });
    endOfLast = end;
    start = end;
  }
  return rows;
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** The separators between two groups; empty when there is anything else. */
function separatorsOf(text: string, from: number, to: number): string {
  if (to - from > MAX_BETWEEN) return '';
  for (let at = from; at < to; at++) if (!SEPARATORS.has(text.charCodeAt(at))) return '';
  return text.slice(from, to);
}
