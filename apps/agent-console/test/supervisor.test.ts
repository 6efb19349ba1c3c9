import { describe, expect, it } from 'vitest';
import { compareStores } from '../src/supervisor/agreement.ts';
import { polyline, remember } from '../src/supervisor/recent.ts';

const wait = (sessionId: string) => ({ sessionId, requestedAt: '2026-03-02T09:00:00.000Z' });
const debugOf = (
  high: string[],
  normal: string[],
  recorded: string[],
  more: { total?: number; hasMore?: boolean } = {},
) => ({
  queue: {
    prefix: 'chat:',
    lengths: { high: high.length, normal: normal.length, low: 0, total: more.total ?? high.length + normal.length },
    queues: { 'chat:queue:normal': normal.map(wait), 'chat:queue:high': high.map(wait) },
    metadata: {},
    claims: [],
    presence: [],
    lastComparedAt: null,
  },
  database: { waiting: recorded.map(wait), hasMore: more.hasMore ?? false },
  timestamp: '2026-03-02T09:00:00.000Z',
});

describe('the two stores of the queue', () => {
  it('agree when they hold the same', () => {
    const { rows, apart, comparable } = compareStores(debugOf(['a'], ['b', 'c'], ['c', 'b', 'a']));
    expect(rows.map(({ sessionId, list }) => [sessionId, list])).toEqual([
      ['a', 'queue:high'],
      ['b', 'queue:normal'],
      ['c', 'queue:normal'],
    ]);
    expect({ apart, comparable }).toEqual({ apart: 0, comparable: true });
  });
  it('differ by what only one of them has', () => {
    const { rows, apart } = compareStores(debugOf([], ['a', 'b'], ['b', 'c']));
    expect(apart).toBe(2);
    expect(rows).toMatchObject([
      { sessionId: 'a', inPostgres: false },
      { sessionId: 'b', inPostgres: true },
      { sessionId: 'c', list: null },
    ]);
  });
  it('are not compared when only a part was sent', () => {
    expect(compareStores(debugOf([], ['a'], ['a'], { total: 500 }))).toMatchObject({ comparable: false, apart: 0 });
    expect(compareStores(debugOf([], ['a'], ['a', 'b'], { hasMore: true }))).toMatchObject({
      comparable: false,
      apart: 0,
    });
  });
});

it('remembers samples for a while, each moment once, and draws them to the right edge', () => {
  let samples = remember([], { at: 1_000, value: 2 }, 10_000);
  samples = remember(samples, { at: 1_000, value: 9 }, 10_000);
  samples = remember(samples, { at: 6_000, value: 4 }, 10_000);
  expect(polyline(samples, { width: 100, height: 40, spanMs: 10_000 })).toBe('50.0,20.0 100.0,0.0');
  expect(remember(samples, { at: 12_000, value: 1 }, 10_000)).toHaveLength(2);
  expect(polyline([], { width: 1, height: 1, spanMs: 1 })).toBe('');
});
