import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createThrottledLog, type Log } from '../index.ts';

type Line = { level: string; message: string } & Record<string, unknown>;
const lines: Line[] = [];
const write = (level: string) => (facts: object, message: string) => lines.push({ level, message, ...facts });
const log = { warn: write('warn'), error: write('error') } as unknown as Log;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  lines.length = 0;
});

it('[S3] gives each source one line of a kind, then a count once a minute', () => {
  const throttled = createThrottledLog(log);
  for (let n = 0; n < 500; n++) {
    for (const source of ['a', 'b']) throttled.warn(source, { source }, 'cut');
    throttled.error('a', { source: 'a' }, 'failed');
  }
  expect(lines).toEqual([
    { level: 'warn', message: 'cut', source: 'a' },
    { level: 'warn', message: 'cut', source: 'b' },
    { level: 'error', message: 'failed', source: 'a' },
  ]);
  lines.length = 0;
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([
    { level: 'warn', message: 'cut', repeated: 998, sources: 2 },
    { level: 'error', message: 'failed', repeated: 499, sources: 1 },
  ]);
  lines.length = 0;
  vi.advanceTimersByTime(600_000);
  expect(lines).toEqual([]);
});

it('[S3] writes no more than 60 lines of a kind a minute, however many sources there are', () => {
  const throttled = createThrottledLog(log);
  for (let minute = 0; minute < 3; minute++) {
    for (let n = 0; n < 5_000; n++) throttled.warn(`${minute} ${n}`, {}, 'cut');
    expect(lines).toHaveLength(60);
    lines.length = 0;
    vi.advanceTimersByTime(60_000);
    // More sources than are counted apart.
    expect(lines).toEqual([{ level: 'warn', message: 'cut', repeated: 4_940, sources: 1_000 }]);
    lines.length = 0;
  }
});

it('lets one kind take nothing from another, and a kind that has been quiet begin anew', () => {
  const throttled = createThrottledLog(log);
  for (let n = 0; n < 1_000; n++) throttled.warn(`${n}`, {}, 'common');
  throttled.warn('a', {}, 'rare');
  expect(lines.at(-1)).toMatchObject({ message: 'rare' });
  vi.advanceTimersByTime(120_000);
  lines.length = 0;
  throttled.warn('a', {}, 'rare');
  expect(lines).toHaveLength(1);
});

it('tells what it counted when it is stopped, and keeps no process alive', () => {
  const throttled = createThrottledLog(log);
  for (let n = 0; n < 3; n++) throttled.warn('a', {}, 'cut');
  throttled.stop();
  expect(lines).toEqual([
    { level: 'warn', message: 'cut' },
    { level: 'warn', message: 'cut', repeated: 2, sources: 1 },
  ]);
  expect(vi.getTimerCount()).toBe(0);
});
