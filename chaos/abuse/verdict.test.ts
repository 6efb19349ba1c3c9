import { expect, it } from 'vitest';
import { judge, quantile, table, together, wordOf } from './verdict.ts';

const heard = (latencies: number[], lost = 0) => ({ latencies, lost });
const even = (count: number, ms: number) => Array.from({ length: count }, () => ms);

it('takes for a quantile a value that was measured', () => {
  const values = Array.from({ length: 200 }, (_, n) => n + 1);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([100, 198, 200]);
  expect(quantile([7], 0.99)).toBe(7);
});

it('is content with twice as long as in calm, and with no more than a quarter of a second', () => {
  const calm = heard(even(100, 80));
  expect(judge(heard(even(100, 160)), calm).met).toBe(true);
  expect(judge(heard(even(100, 161)), calm).met).toBe(false);
  const busy = heard(even(100, 200));
  expect(judge(heard(even(100, 250)), busy).met).toBe(true);
  expect(judge(heard(even(100, 251)), busy).met).toBe(false);
});

it('looks at the slowest of a hundred, and forgives nothing that is lost', () => {
  const calm = heard(even(100, 60));
  expect(judge(heard([...even(198, 10), 900, 900]), calm).met).toBe(true);
  expect(judge(heard([...even(198, 10), 900, 900, 900]), calm).met).toBe(false);
  expect(judge(heard(even(100, 10), 1), calm).met).toBe(false);
});

it('tells what is over twice the calm from what is met, also where it fails no run', () => {
  const calm = heard(even(100, 5));
  const words = [10, 11, 100, 101].map((ms) => wordOf(judge(heard(even(100, ms)), calm)));
  const tolerated = 'over 2 × calm, below 100 ms';
  expect(words).toEqual(['met', tolerated, tolerated, 'NOT MET']);
  expect([10, 11, 100, 101].map((ms) => judge(heard(even(100, ms)), calm).tolerated)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

it('prints a table for the document', () => {
  const attacker = { connections: 20, turnedAway: 1_000, packets: 30_000, megabytes: 1.5 };
  const rows = [
    { kind: 'packet flood', during: heard([5, 6, 7]), attacker, stopped: 200 } as const,
    { kind: 'slow readers', during: together(heard([5]), heard([900])), attacker, stopped: 0 } as const,
  ];
  expect(table(rows, heard([1, 2, 3])).split('\n')).toEqual([
    '| attack | what the attacker did | turned away | median | p99 |  |',
    '|---|---|--:|--:|--:|---|',
    '| none |  |  | 2.0 ms | 3.0 ms |  |',
    '| packet flood | 20 connections, 30,000 packets, 1.5 MB | 1,200 | 6.0 ms | 7.0 ms | over 2 × calm, below 100 ms |',
    '| slow readers | 20 connections, 30,000 packets, 1.5 MB | 1,000 | 5.0 ms | 900.0 ms | NOT MET |',
  ]);
});
