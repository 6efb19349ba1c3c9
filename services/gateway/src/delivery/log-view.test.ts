import type { Entry } from '@baton/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogView, type Viewer } from './log-view.ts';

const SESSION = '01997d3a-0000-7000-8000-000000000001';
const entry = (seq: number): Entry => ({
  kind: 'message',
  id: `01997d3a-0000-7000-8000-${String(seq).padStart(12, '0')}`,
  sessionId: SESSION,
  seq,
  content: `message ${seq}`,
  sender: 'user',
  timestamp: '2026-01-01T00:00:00.000Z',
  metadata: {},
});
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

describe('a view of a log', () => {
  it('[M3] shows entries in order, whatever order they come in, each once', () => {
    const view = createLogView();
    const seen: number[] = [];
    view.enter({ at: 0, lastSeq: 0, show: (shown) => seen.push(shown.seq) });
    view.accept([entry(2)]);
    expect(seen).toEqual([]);
    expect(view.missing).toBe(true);
    view.accept([entry(1), entry(1)]);
    view.accept([entry(2)]);
    expect(seen).toEqual([1, 2]);
    expect(view.missing).toBe(false);
  });

  it('[M4] lets live entries wait while a viewer catches up', () => {
    const view = createLogView();
    const level: number[] = [];
    const late: number[] = [];
    view.enter({ at: 3, lastSeq: 3, show: (shown) => level.push(shown.seq) });
    const viewer = view.enter({ at: 1, lastSeq: 3, show: (shown) => late.push(shown.seq) });
    view.accept([entry(4)]);
    expect([level, late]).toEqual([[4], []]);
    view.catchUp(viewer, [entry(2), entry(3)]);
    expect(viewer.behind).toBe(true);
    view.catchUp(viewer, [entry(4)]);
    expect(viewer.behind).toBe(false);
    view.accept([entry(5)]);
    expect([level, late]).toEqual([
      [4, 5],
      [2, 3, 4, 5],
    ]);
  });

  it('a page fetched for one viewer that reaches further than what was announced is shown to all', () => {
    const view = createLogView();
    const level: number[] = [];
    view.enter({ at: 2, lastSeq: 2, show: (shown) => level.push(shown.seq) });
    const viewer = view.enter({ at: 0, lastSeq: 2, show: () => {} });
    view.catchUp(viewer, range(1, 4).map(entry));
    expect(level).toEqual([3, 4]);
    expect(viewer.behind).toBe(false);
  });

  it('a viewer that has seen more than we have is not shown it again', () => {
    const view = createLogView();
    const seen: number[] = [];
    view.enter({ at: 2, lastSeq: 2, show: () => {} });
    view.enter({ at: 4, lastSeq: 4, show: (shown) => seen.push(shown.seq) });
    expect(view.missing).toBe(true);
    view.accept(range(3, 5).map(entry));
    expect(seen).toEqual([5]);
  });

  it('forgets early entries that are too many, and knows that they exist', () => {
    const view = createLogView();
    const seen: number[] = [];
    view.enter({ at: 0, lastSeq: 0, show: (shown) => seen.push(shown.seq) });
    view.accept(range(2, 700).map(entry));
    expect(view.missing).toBe(true);
    view.accept(range(1, 700).map(entry));
    expect(seen).toEqual(range(1, 700));
  });

  it('keeps entries that come before the first viewer has begun', () => {
    const view = createLogView();
    const seen: number[] = [];
    view.accept([entry(3), entry(2)]);
    view.enter({ at: 2, lastSeq: 2, show: (shown) => seen.push(shown.seq) });
    expect(seen).toEqual([3]);
  });

  it('[M3] [M4] [M5] with any loss, repetition and reordering, every viewer is shown exactly what follows its start', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), live: fc.constantFrom(0, 1, 2) }) },
      { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), which: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('enter' as const), at: fc.nat(30) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('catchUp' as const),
          who: fc.nat(5),
          size: fc.integer({ min: 1, max: 4 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('fetch' as const), size: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who: fc.nat(5) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const view = createLogView();
        let length = 1;
        const inTheAir: number[] = [];
        const here: { viewer: Viewer; from: number; seen: number[] }[] = [];
        const gone: typeof here = [];
        const page = (after: number, size: number) => range(after + 1, Math.min(length, after + size)).map(entry);

        for (const action of steps) {
          if (action.do === 'append') {
            length++;
            for (let copy = 0; copy < action.live; copy++) inTheAir.push(length);
          } else if (action.do === 'deliver' && inTheAir.length > 0) {
            const [seq = 0] = inTheAir.splice(action.which % inTheAir.length, 1);
            view.accept([entry(seq)]);
          } else if (action.do === 'enter') {
            const from = Math.min(action.at, length);
            const seen: number[] = [];
            const viewer = view.enter({ at: from, lastSeq: length, show: ({ seq }) => seen.push(seq) });
            here.push({ viewer, from, seen });
          } else if (action.do === 'catchUp') {
            const one = here[action.who % Math.max(1, here.length)];
            if (one?.viewer.behind) view.catchUp(one.viewer, page(one.viewer.at, action.size));
          } else if (action.do === 'fetch' && here.length > 0) {
            view.accept(page(view.shown, action.size));
          } else if (action.do === 'leave' && here.length > 0) {
            const [left] = here.splice(action.who % here.length, 1);
            if (left === undefined) continue;
            view.leave(left.viewer);
            gone.push(left);
          }
          for (const { viewer } of here) if (!viewer.behind) expect(viewer.at).toBeGreaterThanOrEqual(view.shown);
        }
        // The comparing loop comes round and what it finds is fetched.
        view.expect(length);
        while (view.missing) view.accept(page(view.shown, 3));
        for (const { viewer } of here) while (viewer.behind) view.catchUp(viewer, page(viewer.at, 3));
        for (const { from, seen } of here) expect(seen).toEqual(range(from + 1, length));
        for (const { from, seen } of gone) expect(seen).toEqual(range(from + 1, from + seen.length));
      }),
      { numRuns: 500 },
    );
  });
});
