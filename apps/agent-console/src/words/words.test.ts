import { expect, it } from 'vitest';
import { duration } from '../time/duration.ts';
import { counted, dayName, fill } from './words.ts';

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

it('keeps a name that is written from right to left to itself', () => {
  expect(fill('{name}: {count} chats', { name: 'ليلى', count: 2 })).toBe('\u2068ليلى\u2069: 2 chats');
  expect(fill('{name} left.', { name: 'Grace' })).toBe('Grace left.');
});

it('says how long, in one form that the length chooses', () => {
  const seconds = [-5, 0.4, 6.9, 61, 299.9, 300, 3_599, 3_600, 4_800, 172_799, 172_800];
  expect(seconds.map((length) => duration(length * 1_000))).toEqual([
    '0:00',
    '0:00',
    '0:06',
    '1:01',
    '4:59',
    '5 min',
    '59 min',
    '1 h',
    '1 h 20 min',
    '47 h 59 min',
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
