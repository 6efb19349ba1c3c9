import { expect, it } from 'vitest';
import { newId } from '../index.ts';

it('makes ids of version 7 that rise, also within a millisecond', () => {
  const ids = Array.from({ length: 5_000 }, newId);
  expect(ids).toEqual([...new Set(ids)].sort((left, right) => (left < right ? -1 : 1)));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('puts the time at their beginning', () => {
  const before = Date.now();
  const time = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
});

it('fills what is left with bytes that differ', () => {
  const ends = Array.from({ length: 2_000 }, () => newId().slice(-10));
  expect(new Set(ends).size).toBe(ends.length);
});
