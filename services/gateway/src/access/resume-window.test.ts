import { describe, expect, it } from 'vitest';
import { createResumeWindow } from './resume-window.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number) => new Date(START + ms).toISOString();
const settings = { RESUME_WITHIN_DAYS: 90, RESUME_ENDED_WITHIN_MINUTES: 60 };
const after = (ms: number) => createResumeWindow(settings, () => START + ms);

describe('[S1] a customer can come back', () => {
  const createdAt = at(0);

  it('to an open chat for so many days from its start', () => {
    const open = { createdAt, closedAt: null };
    expect(after(90 * DAY - 1).isOpen(open)).toBe(true);
    expect(after(90 * DAY).isOpen(open)).toBe(false);
    expect(after(0).lastUntil(open)).toBe(START + 90 * DAY);
  });

  it('to one that has ended for so many minutes from its end, but no longer than to an open one', () => {
    const ended = { createdAt, closedAt: at(DAY) };
    expect(after(DAY + 60 * MINUTE - 1).isOpen(ended)).toBe(true);
    expect(after(DAY + 60 * MINUTE).isOpen(ended)).toBe(false);
    expect(after(90 * DAY).isOpen({ createdAt, closedAt: at(90 * DAY - 1) })).toBe(false);
  });

  it('by repeating a start for minutes only', () => {
    expect(after(9 * MINUTE).mayRepeat(createdAt)).toBe(true);
    expect(after(10 * MINUTE).mayRepeat(createdAt)).toBe(false);
  });
});
