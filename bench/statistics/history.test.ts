import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keep, lastKept } from './history.ts';

const machine = { platform: 'linux', arch: 'x64', cores: 2, node: 'v24.0.0' };
const rate = (value: number) => ({ what: 'rate', value, unit: '/s' as const });

describe('the history of results', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-history-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the last value that was kept of each measurement, also when a later run was of others only', async () => {
    await keep(folder, { at: '2026-01-01T10:00:00.000Z', machine, results: { message: [rate(1_000)] } });
    await keep(folder, { at: '2026-01-02T10:00:00.000Z', machine, results: { message: [rate(2_000)] } });
    await keep(folder, { at: '2026-01-03T10:00:00.000Z', machine, results: { queue: [rate(3_000)] } });
    expect(await lastKept(folder, 'message')).toEqual(new Map([['rate', 2_000]]));
    expect(await lastKept(folder, 'queue')).toEqual(new Map([['rate', 3_000]]));
  });

  it('has nothing of a measurement that was never kept, and nothing without a folder', async () => {
    expect(await lastKept(folder, 'message')).toEqual(new Map());
    expect(await lastKept(join(folder, 'none'), 'message')).toEqual(new Map());
  });

  it('keeps three digits and leaves notes out', async () => {
    const results = { message: [{ ...rate(1_234.567), p99: 0.012_345, note: 'long' }] };
    const file = await keep(folder, { at: '2026-01-01T10:00:00.000Z', machine, results });
    expect(file).toBe(join(folder, '2026-01-01T100000Z.json'));
    expect(JSON.parse(await readFile(file, 'utf8')).results).toEqual({
      message: [{ what: 'rate', value: 1_230, unit: '/s', p99: 0.012_3 }],
    });
  });
});
