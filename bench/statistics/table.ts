import { type Check, type Result, withUnit } from '../measures/measure.ts';

/** Columns side by side, the first to the left, the others to the right; in Markdown, so that it can be pasted. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(length)));
  const line = (cells: readonly string[]) =>
    `| ${widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        const space = ' '.repeat(width - length(cell));
        return column === 0 ? cell + space : space + cell;
      })
      .join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? `${'-'.repeat(width + 2)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const length = (text: string) => [...text].length;

/** `kept`: the value that each result had when it was last kept, by what it is. */
export function resultsTable(results: readonly Result[], kept: ReadonlyMap<string, number> = new Map()): string {
  return table(
    ['result', 'median', 'p99', 'last kept', 'note'],
    results.map(({ what, value, unit, p99, note }) => {
      const earlier = kept.get(what);
      return [
        what,
        withUnit(value, unit),
        p99 === undefined ? '' : withUnit(p99, unit),
        earlier === undefined ? '' : withUnit(earlier, unit),
        note ?? '',
      ];
    }),
  );
}

export function checksTable(checks: readonly Check[]): string {
  return table(
    ['must show', 'target', 'measured', ''],
    checks.map(({ what, target, measured, met }) => [what, target, measured, met ? 'met' : 'NOT MET']),
  );
}
