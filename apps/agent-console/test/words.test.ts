import { expect, it } from 'vitest';
import { clockTime, roughTime } from '../src/time/duration.ts';
import { counted, dayName, fill } from '../src/words/words.ts';

it('fills in, and chooses the form that fits the number', () => {
  expect(fill('{name} waits for {time}, {other}', { name: '{time}', time: 1_500 })).toBe(
    '{time} waits for 1,500, {other}',
  );
  const forms = { one: '{count} chat of {of}', other: '{count} chats of {of}' };
  expect([0, 1, 2_000].map((count) => counted(forms, count, { of: 'Ada' }))).toEqual([
    '0 chats of Ada',
    '1 chat of Ada',
    '2,000 chats of Ada',
  ]);
});

it('says how long', () => {
  expect([-5, 7_400, 760_000, 11_109_000].map(clockTime)).toEqual(['0:00', '0:07', '12:40', '3:05:09']);
  expect([400, 59_000, 61_000, 3_599_000, 3_600_000, 11_100_000, 200_000_000].map(roughTime)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '1 h',
    '1 h',
    '3 h 5 min',
    '2 d',
  ]);
});

it('names days', () => {
  const now = new Date(2026, 2, 30, 1, 30).getTime();
  const at = (day: number, hour: number) => new Date(2026, 2, day, hour).toISOString();
  expect([at(30, 0), at(29, 23), at(29, 0), at(28, 23)].map((iso) => dayName(iso, now))).toEqual([
    'Today',
    'Yesterday',
    'Yesterday',
    'Saturday, March 28',
  ]);
});
