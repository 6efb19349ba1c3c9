/** The rows from `from` up to, and without, `to`. */
export interface Range {
  from: number;
  to: number;
}

/** A part of the list, in px from the beginning of its first row. */
export interface View {
  top: number;
  bottom: number;
}

/** What is always drawn above and below what is seen, what is drawn when more is needed, and what may stay drawn. */
const NEEDED_PX = 400;
const WANTED_PX = 1_000;
const KEPT_PX = 1_800;

/** The rows that reach into a part of the list. `tops`: see `Heights.tops`. */
export function rowsIn(tops: Float64Array, { top, bottom }: View): Range {
  const count = tops.length - 1;
  const from = Math.min(count, Math.max(0, firstAbove(tops, top) - 1));
  const to = Math.min(count, firstAtLeast(tops, bottom));
  return { from, to: Math.max(from, to) };
}

/** Which rows to draw: as they are while they still do, so that a small step of the reader's costs nothing. */
export function nextWindow(drawn: Range, tops: Float64Array, view: View): Range {
  const around = (px: number) => rowsIn(tops, { top: view.top - px, bottom: view.bottom + px });
  const fits = contains(drawn, around(NEEDED_PX)) && contains(around(KEPT_PX), drawn);
  return fits ? drawn : around(WANTED_PX);
}

/** The same rows, in order, as ranges that neither overlap nor touch; what is beyond `count` rows is left out. */
export function merged(ranges: readonly Range[], count: number): Range[] {
  const result: Range[] = [];
  const cut = ranges
    .map(({ from, to }) => ({ from: Math.max(0, from), to: Math.min(count, to) }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  for (const range of cut) {
    const last = result[result.length - 1];
    if (last !== undefined && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else result.push(range);
  }
  return result;
}

const contains = (outer: Range, inner: Range): boolean => outer.from <= inner.from && inner.to <= outer.to;

/**
 * Index of the first number above `value`, or of at least `value`, of numbers that rise; their count when there is
 * none.
 */
const firstAbove = (numbers: Float64Array, value: number) => search(numbers, (one) => one > value);
const firstAtLeast = (numbers: Float64Array, value: number) => search(numbers, (one) => one >= value);

function search(numbers: Float64Array, isBehind: (one: number) => boolean): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBehind(numbers[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
