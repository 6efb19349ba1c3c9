import { expect, it } from 'vitest';
import { forScreen } from './log-lines.ts';

const line = (level: string) =>
  JSON.stringify({ level, time: '2026-01-02T03:04:05.000Z', service: 'queue', instance: 'q-1', msg: 'hm' });

it('keeps what is ordinary to the log file', () => {
  expect(forScreen('queue', line('info'), 'stdout')).toBeUndefined();
  expect(forScreen('queue', '  ', 'stderr')).toBeUndefined();
});

it('shows warnings and worse, readable', () => {
  expect(forScreen('queue', line('warn'), 'stdout')).toMatch(/^queue: \[\d\d:04:05\] WARN: hm$/);
  expect(forScreen('queue', line('fatal'), 'stdout')).toMatch(/FATAL: hm/);
});

it('shows what is not of the log unchanged when it is a complaint', () => {
  expect(forScreen('queue', 'ready', 'stdout')).toBeUndefined();
  expect(forScreen('queue', 'PORT: must be a port', 'stderr')).toBe('queue: PORT: must be a port');
  expect(forScreen('queue', '{ half', 'stderr')).toBe('queue: { half');
});
