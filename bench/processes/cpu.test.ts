import { expect, it } from 'vitest';
import { cpuOf, parsePsTime, parseStat } from './cpu.ts';

it('reads the times of a process whose name has brackets and spaces', () => {
  const line = '42 (postgres: a) b) S 7 42 42 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 1 0 999 1 1';
  expect(parseStat(line)).toEqual({ pid: 42, parent: 7, own: 2, ended: 0.5 });
});

it('reads the times that ps writes', () => {
  expect(parsePsTime('1:02.50')).toBe(62.5);
  expect(parsePsTime('2-01:00:00')).toBe(2 * 86_400 + 3_600);
});

it('counts what this process does', async () => {
  const { cpu } = await cpuOf([{ name: 'us', pid: process.pid }], async () => {
    for (const end = process.cpuUsage().user + 50_000; process.cpuUsage().user < end; ) Math.sqrt(2);
  });
  expect(cpu.us).toBeGreaterThan(0);
}, 30_000);
