import { describe, expect, it } from 'vitest';
import type { Beat } from '../cluster/store-redis.ts';
import { createComparedCheck } from './reconcile.ts';

const NOW = 1_000_000;
const beat = (times: { since: number; comparedAt: number | null }): Beat => ({
  now: NOW,
  version: 1,
  lengths: { high: 0, normal: 0, low: 0, total: 0 },
  oldest: [null, null, null],
  ...times,
});
const check = (latest: Beat | undefined, upForMs = 60_000) => {
  let clock = 0;
  const compared = createComparedCheck({ latest }, () => clock);
  clock += upForMs;
  return compared();
};

describe('[O3] the comparison in the health of the queue', () => {
  it('is starting, not in trouble, until the first one is overdue', async () => {
    await expect(check(undefined, 2_000)).resolves.toMatch(/^starting/);
    await expect(check(beat({ since: NOW - 2_000, comparedAt: null }))).resolves.toMatch(/^starting/);
    await expect(check(undefined, 16_000)).rejects.toThrow('not compared with the session service for 16 s');
    await expect(check(beat({ since: NOW - 16_000, comparedAt: null }))).rejects.toThrow('for 16 s');
  });

  it('is well while compared lately, and says since when it is not', async () => {
    await expect(check(beat({ since: 0, comparedAt: NOW - 3_000 }))).resolves.toBeUndefined();
    await expect(check(beat({ since: 0, comparedAt: NOW - 16_000 }))).rejects.toThrow('16 s ago');
  });

  it('after a pause of the servers the comparison has its time again', async () => {
    await expect(check(beat({ since: NOW - 500, comparedAt: NOW - 60_000 }))).resolves.toBeUndefined();
    await expect(check(beat({ since: NOW - 20_000, comparedAt: NOW - 60_000 }))).rejects.toThrow('60 s ago');
  });
});
