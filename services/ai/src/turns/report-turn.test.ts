import { createLog, createMetrics } from '@baton/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failureHandoff } from '../handoff/handoff.ts';
import { createAiMetrics } from '../metrics.ts';
import { type EndedTurn, reportTurn } from './report-turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const metrics = createAiMetrics(createMetrics('test'), {
  turnsUnderWay: () => 0,
  modelWaits: () => 0,
  modelAvailable: () => true,
  ceilingReached: () => false,
});
const failed = (sessionId: string): EndedTurn => ({
  sessionId,
  outcome: 'handed_over',
  conclusion: { kind: 'hand_off', handoff: failureHandoff('filtered', 'the filter withheld it') },
  ms: 12,
  spent: { model: 'm', usage: undefined, firstTokenMs: undefined },
  toolsUsed: [],
});

it('[S3] a customer who makes turn after turn fail causes one line, and then a count', () => {
  const log = createLog({ service: 'ai', instance: 'test', level: 'silent' });
  const warn = vi.spyOn(log, 'warn');
  for (let turn = 0; turn < 50; turn++) reportTurn(metrics, log, failed('mallory'));
  reportTurn(metrics, log, failed('ann'));
  const message = 'the model gave no answer in this turn; its customer was handed to a human';
  expect(warn.mock.calls).toEqual([
    [expect.objectContaining({ sessionId: 'mallory', detail: 'the filter withheld it' }), message],
    [expect.objectContaining({ sessionId: 'ann' }), message],
  ]);
  vi.advanceTimersByTime(60_000);
  expect(warn.mock.calls.slice(2)).toEqual([[{ repeated: 49, sources: 1 }, message]]);
});
