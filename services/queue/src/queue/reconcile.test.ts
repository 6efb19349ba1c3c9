import { describe, expect, it } from 'vitest';
import type { ClusterState } from '../cluster/store-redis.ts';
import { createReconciliationCheck } from './reconcile.ts';

const NOW = 1_000_000;
const state = (times: { since: number; reconciledAt: number | null }): ClusterState => ({
  now: NOW,
  version: 1,
  lengths: { high: 0, normal: 0, low: 0, total: 0 },
  oldest: [null, null, null],
  ...times,
});
const check = (latest: ClusterState | undefined, upForMs = 60_000) => {
  let clock = 0;
  const isReconciled = createReconciliationCheck({ latest }, () => clock);
  clock += upForMs;
  return isReconciled();
};

describe('[O3] reconciliation in the health of the queue', () => {
  it('is starting until the first one is overdue', async () => {
    await expect(check(undefined, 2_000)).resolves.toMatch(/^starting/);
    await expect(check(state({ since: NOW - 2_000, reconciledAt: null }))).resolves.toMatch(/^starting/);
    await expect(check(undefined, 16_000)).rejects.toThrow('not reconciled with the session service for 16 s');
    await expect(check(state({ since: NOW - 16_000, reconciledAt: null }))).rejects.toThrow('for 16 s');
  });

  it('is up while reconciled lately, and says since when it is not', async () => {
    await expect(check(state({ since: 0, reconciledAt: NOW - 3_000 }))).resolves.toBeUndefined();
    await expect(check(state({ since: 0, reconciledAt: NOW - 16_000 }))).rejects.toThrow('16 s ago');
  });

  it('a new generation gives reconciliation its time again', async () => {
    await expect(check(state({ since: NOW - 500, reconciledAt: NOW - 60_000 }))).resolves.toBeUndefined();
    await expect(check(state({ since: NOW - 20_000, reconciledAt: NOW - 60_000 }))).rejects.toThrow('60 s ago');
  });
});
