import { createHeights, type Heights } from './heights.ts';
import { merged, type Range } from './ranges.ts';

/** Rows that a list which opens draws in one task: drawing and laying out more would block the page. */
const OPENING_ROWS = 5;
/** While the reader is at the end, rows are added to those drawn until there are so many. */
const MOST_ROWS = 120;

/** What is to be drawn: rows, and gaps of so many px before, between and behind them. */
export interface Drawn {
  keys: readonly string[];
  ranges: readonly Range[];
  gaps: readonly number[];
}

/**
 * Where a reader is in one list. Rows are named by their keys, as numbers change with every row that is put in above.
 */
export interface Place {
  readonly of: string;
  readonly heights: Heights;
  /** Drawn around the view; none before the first time. */
  main: readonly string[];
  /** Drawn wherever the view is. */
  pinned: readonly (readonly string[])[];
  drawn: Drawn;
  /** The view is not filled yet: further rows are drawn, some after each frame. */
  opening: boolean;
  /** The reader is at the end, and stays there. */
  stuck: boolean;
  /** Last row that there was. */
  last: string | undefined;
  /** What the scroller stood at when it was last looked at. */
  top: number;
  /** The rows in view, each with how far below the scroller's top it begins. */
  anchors: readonly { key: string; offset: number }[];
  /** Elements of rows that have been drawn. */
  readonly elements: WeakMap<Node, string>;
}

export const startOf = (of: string): Place => ({
  of,
  heights: createHeights(),
  main: [],
  pinned: [],
  drawn: { keys: [], ranges: [], gaps: [0] },
  opening: true,
  stuck: true,
  last: undefined,
  top: 0,
  anchors: [],
  elements: new WeakMap(),
});

/** What to draw of these rows now. The rows of before are still drawn, wherever they stand by now. */
export function draw(place: Place, keys: readonly string[], indexes: ReadonlyMap<string, number>): Drawn {
  const ranges = merged(
    [mainRange(place, keys.length, indexes), ...place.pinned.map((pinned) => rangeOf(pinned, indexes) ?? NOTHING)],
    keys.length,
  );
  const tops = place.heights.tops(keys);
  const gaps: number[] = [];
  let end = 0;
  for (const { from, to } of ranges) {
    gaps.push((tops[from] ?? 0) - (tops[end] ?? 0));
    end = to;
  }
  gaps.push((tops[keys.length] ?? 0) - (tops[end] ?? 0));
  return { keys, ranges, gaps };
}

const NOTHING: Range = { from: 0, to: 0 };

/** The rows around the view. At the end of the list it reaches to the end, however many have come. */
export function mainRange(place: Place, count: number, indexes: ReadonlyMap<string, number>): Range {
  const before = rangeOf(place.main, indexes);
  if (before === undefined) return { from: Math.max(0, count - OPENING_ROWS), to: count };
  return place.stuck ? { from: Math.max(before.from, count - MOST_ROWS), to: count } : before;
}

/** Of the rows that a list which opens needs: those that are drawn now, and as many more as one task may draw. */
export function openingStep(drawn: Range, needed: Range): Range {
  return {
    from: Math.max(needed.from, drawn.from - OPENING_ROWS),
    to: Math.min(needed.to, drawn.to + OPENING_ROWS),
  };
}

/** Where these rows stand now: from the first that is still there to the last. */
function rangeOf(keys: readonly string[], indexes: ReadonlyMap<string, number>): Range | undefined {
  const isThere = (key: string) => indexes.has(key);
  const first = keys.find(isThere);
  const last = keys.findLast(isThere);
  if (first === undefined || last === undefined) return undefined;
  return { from: indexes.get(first) ?? 0, to: (indexes.get(last) ?? 0) + 1 };
}
