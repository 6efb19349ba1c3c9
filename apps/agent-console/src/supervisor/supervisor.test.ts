import { describe, expect, it } from 'vitest';
import { polyline, remember } from './samples.ts';
import { compareStores } from './store-comparison.ts';

const wait = (sessionId: string) => ({ sessionId, requestedAt: '2026-03-02T09:00:00.000Z' });
const debugOf = (
  [high, normal]: [string[], string[]],
  apart: { onlyInRedis?: string[]; onlyInRecord?: string[] } | null,
  total = high.length + normal.length,
) => ({
  queue: {
    prefix: 'chat:',
    lengths: { high: high.length, normal: total - high.length, low: 0, total },
    queues: { 'chat:queue:normal': normal.map(wait), 'chat:queue:high': high.map(wait) },
    metadata: {},
    claims: [],
    presence: [],
    lastComparedAt: null,
    comparison: apart && {
      inRedis: total,
      inRecord: total,
      apart: (apart.onlyInRedis?.length ?? 0) + (apart.onlyInRecord?.length ?? 0),
      onlyInRedis: (apart.onlyInRedis ?? []).map(wait),
      onlyInRecord: (apart.onlyInRecord ?? []).map(wait),
    },
  },
  database: { waiting: [], hasMore: true },
  timestamp: '2026-03-02T09:00:00.000Z',
});

describe('the two stores of the queue', () => {
  it('agree when the server has found no difference, also when only the first of a long queue are shown', () => {
    const { rows, apart, more } = compareStores(debugOf([['a'], ['b', 'c']], {}, 500));
    expect(rows.map(({ sessionId, list }) => [sessionId, list])).toEqual([
      ['a', 'queue:high'],
      ['b', 'queue:normal'],
      ['c', 'queue:normal'],
    ]);
    expect({ apart, more }).toEqual({ apart: 0, more: 497 });
  });
  it('differ by what only one of them has, which is shown first', () => {
    const found = compareStores(debugOf([[], ['a', 'b']], { onlyInRedis: ['b', 'far'], onlyInRecord: ['c'] }));
    expect(found.apart).toBe(3);
    expect(found.rows).toMatchObject([
      { sessionId: 'c', list: null, inPostgres: true },
      { sessionId: 'far', list: '', inPostgres: false },
      { sessionId: 'b', list: 'queue:normal', inPostgres: false },
      { sessionId: 'a', list: 'queue:normal', inPostgres: true },
    ]);
  });
  it('are not said to agree when they could not be compared', () => {
    expect(compareStores(debugOf([[], ['a']], null)).apart).toBeNull();
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
