import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, mainRange, startOf } from './drawn-rows.ts';
import { createHeights } from './heights.ts';
import { merged, nextWindow, type Range, rowsIn } from './ranges.ts';

const keysTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `row ${from + index}`);
const indexesOf = (keys: readonly string[]) => new Map(keys.map((key, index) => [key, index]));

describe('heights', () => {
  it('are guessed by those that were measured, and stay as they were measured', () => {
    const heights = createHeights();
    heights.note('row 0', 40);
    heights.note('row 1', 60);
    expect([...heights.tops(keysTo(4))]).toEqual([0, 40, 100, 150, 200]);
    heights.note('row 0', 100);
    expect(heights.tops(keysTo(2))[2]).toBe(160);
  });
});

const someHeights = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
const topsOf = (sizes: readonly number[]) => {
  const tops = new Float64Array(sizes.length + 1);
  sizes.forEach((size, index) => {
    tops[index + 1] = (tops[index] ?? 0) + size;
  });
  return tops;
};

describe('the window', () => {
  it('has every row that reaches into the view, wherever it is and however high rows are', () => {
    fc.assert(
      fc.property(
        someHeights,
        fc.integer({ min: -500, max: 50_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        (sizes, top, height) => {
          const tops = topsOf(sizes);
          const { from, to } = rowsIn(tops, { top, bottom: top + height });
          sizes.forEach((size, index) => {
            const begins = tops[index] ?? 0;
            const isInView = size > 0 && begins < top + height && begins + size > top;
            if (isInView) expect(index >= from && index < to, `row ${index}`).toBe(true);
          });
        },
      ),
    );
  });

  it('stays unchanged while it does, and never grows beyond what a few screens need', () => {
    const tops = topsOf(Array.from({ length: 5_000 }, () => 60));
    let drawn: Range = { from: 4_960, to: 5_000 };
    let changes = 0;
    for (let top = 300_000 - 700; top >= 0; top -= 50) {
      const next = nextWindow(drawn, tops, { top, bottom: top + 700 });
      if (next !== drawn) changes += 1;
      drawn = next;
      expect(drawn.to - drawn.from).toBeLessThan(80);
      expect(drawn.from * 60).toBeLessThanOrEqual(top);
      expect(drawn.to * 60).toBeGreaterThanOrEqual(top + 700);
    }
    expect(changes).toBeLessThan(600);
  });

  it('is the newest rows at first, follows the end, and keeps its rows when others are put in above', () => {
    const place = startOf('chat');
    const keys = keysTo(5_000);
    expect(mainRange(place, keys.length, indexesOf(keys))).toEqual({ from: 4_995, to: 5_000 });
    place.main = keys.slice(4_960);
    const grown = keysTo(5_300);
    expect(mainRange(place, grown.length, indexesOf(grown)), 'not all that have come').toEqual({
      from: 5_180,
      to: 5_300,
    });
    place.stuck = false;
    const more = [...keysTo(200, -200), ...keys];
    expect(mainRange(place, more.length, indexesOf(more))).toEqual({ from: 5_160, to: 5_200 });
    // The heading of a day has gone further up, under another key.
    place.main = ['day', ...place.main];
    expect(mainRange(place, more.length, indexesOf(more))).toEqual({ from: 5_160, to: 5_200 });
  });

  it('and what is pinned, with gaps that are as high as what they stand for', () => {
    const place = startOf('chat');
    const keys = keysTo(1_000);
    for (const key of keys) place.heights.note(key, 10);
    place.main = keys.slice(500, 520);
    place.pinned = [keys.slice(100, 101), keys.slice(515, 530)];
    place.stuck = false;
    const { ranges, gaps } = draw(place, keys, indexesOf(keys));
    expect(ranges).toEqual([
      { from: 100, to: 101 },
      { from: 500, to: 530 },
    ]);
    expect(gaps).toEqual([1_000, 3_990, 4_700]);
  });
});

describe('merged ranges', () => {
  const someRanges = fc.array(
    fc
      .tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: 0, max: 20 }))
      .map(([from, length]) => ({ from, to: from + length })),
  );
  it('have the rows of all, each once, in order', () => {
    fc.assert(
      fc.property(someRanges, (ranges) => {
        const rows = (all: readonly Range[]) =>
          all.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
        const wanted = [...new Set(rows(ranges).filter((row) => row >= 0 && row < 50))].sort((a, b) => a - b);
        expect(rows(merged(ranges, 50))).toEqual(wanted);
      }),
    );
  });
});
