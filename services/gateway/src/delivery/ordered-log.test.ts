import type { Entry } from '@baton/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cursor, createOrderedLog } from './ordered-log.ts';

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

describe('an ordered log', () => {
  it('[M3] shows entries in order, whatever order they come in, each once', () => {
    const log = createOrderedLog();
    const seen: number[] = [];
    log.open({ at: 0, lastSeq: 0, show: (shown) => seen.push(shown.seq) });
    log.accept([entry(2)]);
    expect(seen).toEqual([]);
    expect(log.missing).toBe(true);
    log.accept([entry(1), entry(1)]);
    log.accept([entry(2)]);
    expect(seen).toEqual([1, 2]);
    expect(log.missing).toBe(false);
  });

  it('[M4] lets live entries wait while a subscriber catches up', () => {
    const log = createOrderedLog();
    const level: number[] = [];
    const late: number[] = [];
    log.open({ at: 3, lastSeq: 3, show: (shown) => level.push(shown.seq) });
    const cursor = log.open({ at: 1, lastSeq: 3, show: (shown) => late.push(shown.seq) });
    log.accept([entry(4)]);
    expect([level, late]).toEqual([[4], []]);
    log.catchUp(cursor, [entry(2), entry(3)]);
    expect(cursor.behind).toBe(true);
    log.catchUp(cursor, [entry(4)]);
    expect(cursor.behind).toBe(false);
    log.accept([entry(5)]);
    expect([level, late]).toEqual([
      [4, 5],
      [2, 3, 4, 5],
    ]);
  });

  it('a page fetched for one subscriber that reaches further than what was published is shown to all', () => {
    const log = createOrderedLog();
    const level: number[] = [];
    log.open({ at: 2, lastSeq: 2, show: (shown) => level.push(shown.seq) });
    const cursor = log.open({ at: 0, lastSeq: 2, show: () => {} });
    log.catchUp(cursor, range(1, 4).map(entry));
    expect(level).toEqual([3, 4]);
    expect(cursor.behind).toBe(false);
  });

  it('a subscriber that has seen more than we have is not shown it again', () => {
    const log = createOrderedLog();
    const seen: number[] = [];
    log.open({ at: 2, lastSeq: 2, show: () => {} });
    log.open({ at: 4, lastSeq: 4, show: (shown) => seen.push(shown.seq) });
    expect(log.missing).toBe(true);
    log.accept(range(3, 5).map(entry));
    expect(seen).toEqual([5]);
  });

  it('forgets early entries that are too many, and knows that they exist', () => {
    const log = createOrderedLog();
    const seen: number[] = [];
    log.open({ at: 0, lastSeq: 0, show: (shown) => seen.push(shown.seq) });
    log.accept(range(2, 700).map(entry));
    expect(log.missing).toBe(true);
    log.accept(range(1, 700).map(entry));
    expect(seen).toEqual(range(1, 700));
  });

  it('keeps entries that come before the first subscriber has begun', () => {
    const log = createOrderedLog();
    const seen: number[] = [];
    log.accept([entry(3), entry(2)]);
    log.open({ at: 2, lastSeq: 2, show: (shown) => seen.push(shown.seq) });
    expect(seen).toEqual([3]);
  });

  it('[M3] [M4] [M5] with any loss, repetition and reordering, every subscriber is shown exactly what follows its start', () => {
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
        const log = createOrderedLog();
        let length = 1;
        const inTheAir: number[] = [];
        const open: { cursor: Cursor; from: number; seen: number[] }[] = [];
        const closed: typeof open = [];
        const page = (after: number, size: number) => range(after + 1, Math.min(length, after + size)).map(entry);

        for (const action of steps) {
          if (action.do === 'append') {
            length++;
            for (let copy = 0; copy < action.live; copy++) inTheAir.push(length);
          } else if (action.do === 'deliver' && inTheAir.length > 0) {
            const [seq = 0] = inTheAir.splice(action.which % inTheAir.length, 1);
            log.accept([entry(seq)]);
          } else if (action.do === 'enter') {
            const from = Math.min(action.at, length);
            const seen: number[] = [];
            const cursor = log.open({ at: from, lastSeq: length, show: ({ seq }) => seen.push(seq) });
            open.push({ cursor, from, seen });
          } else if (action.do === 'catchUp') {
            const one = open[action.who % Math.max(1, open.length)];
            if (one?.cursor.behind) log.catchUp(one.cursor, page(one.cursor.at, action.size));
          } else if (action.do === 'fetch' && open.length > 0) {
            log.accept(page(log.shown, action.size));
          } else if (action.do === 'leave' && open.length > 0) {
            const [left] = open.splice(action.who % open.length, 1);
            if (left === undefined) continue;
            log.close(left.cursor);
            closed.push(left);
          }
          for (const { cursor } of open) if (!cursor.behind) expect(cursor.at).toBeGreaterThanOrEqual(log.shown);
        }
        // Reconciliation finds the length of the log, and what is missing is fetched.
        log.expect(length);
        while (log.missing) log.accept(page(log.shown, 3));
        for (const { cursor } of open) while (cursor.behind) log.catchUp(cursor, page(cursor.at, 3));
        for (const { from, seen } of open) expect(seen).toEqual(range(from + 1, length));
        for (const { from, seen } of closed) expect(seen).toEqual(range(from + 1, from + seen.length));
      }),
      { numRuns: 500 },
    );
  });
});
