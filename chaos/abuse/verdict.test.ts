import { expect, it } from 'vitest';
import type { Heard } from './good-people.ts';
import { judge, passes, quantile, table, targetOf, together, wordOf } from './verdict.ts';

const heard = (latencies: number[], lost = 0) => ({ latencies, lost });
const even = (count: number, ms: number) => Array.from({ length: count }, () => ms);

it('takes for a quantile a value that was measured', () => {
  const values = Array.from({ length: 200 }, (_, n) => n + 1);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([100, 198, 200]);
  expect(quantile([7], 0.99)).toBe(7);
});

/** Without an attack it would be as in calm. */
const judged = (during: Heard, calm: Heard, control = calm) => judge({ during, control }, calm);

it('is content with twice as long as in calm, and with no more than a quarter of a second', () => {
  const calm = heard(even(100, 80));
  expect(judged(heard(even(100, 160)), calm).met).toBe(true);
  expect(judged(heard(even(100, 161)), calm).met).toBe(false);
  const busy = heard(even(100, 200));
  expect(judged(heard(even(100, 250)), busy).met).toBe(true);
  expect(judged(heard(even(100, 251)), busy).met).toBe(false);
});

it('looks at the slowest of a hundred, and forgives nothing that is lost', () => {
  const calm = heard(even(100, 60));
  expect(judged(heard([...even(198, 10), 900, 900]), calm).met).toBe(true);
  expect(judged(heard([...even(198, 10), 900, 900, 900]), calm).met).toBe(false);
  expect(judged(heard(even(100, 10), 1), calm).met).toBe(false);
});

it('fails where a thousand messages miss the target on a quiet machine, however short the times are', () => {
  const calm = heard(even(100, 5));
  const words = [10, 11, 100].map((ms) => wordOf(judged(heard(even(1_000, ms)), calm)));
  expect(words).toEqual(['met', 'NOT MET', 'NOT MET']);
  expect(passes(judged(heard(even(1_000, 11)), calm))).toBe(false);
});

it('judges fewer messages by 100 ms: of 120, the second latest is the 99th percentile', () => {
  const calm = heard(even(100, 5));
  const verdicts = [10, 11, 100, 101].map((ms) => judged(heard(even(120, ms)), calm));
  const ofFew = 'not met, of too few messages to judge';
  expect(verdicts.map(wordOf)).toEqual(['met', ofFew, ofFew, 'NOT MET']);
  expect(verdicts.map(passes)).toEqual([true, true, true, false]);
  expect(passes(judged(heard(even(120, 11), 1), calm))).toBe(false);
});

it('blames the machine for what the attackers cost without the system, and for no more', () => {
  const calm = heard(even(100, 5));
  const byMachine = 'not met, by the machine';
  const verdicts = (control: number, ...times: number[]) =>
    times.map((ms) => judged(heard(even(1_000, ms)), calm, heard(even(100, control))));
  expect(verdicts(60, 10, 11, 120, 121).map(wordOf)).toEqual(['met', byMachine, byMachine, 'NOT MET']);
  expect(verdicts(60, 10, 11, 120, 121).map(passes)).toEqual([true, true, true, false]);
  // However busy the control, 250 ms are the most.
  expect(verdicts(200, 250, 251, 400).map(wordOf)).toEqual([byMachine, 'NOT MET', 'NOT MET']);
  // Twice such a calm is more than 250 ms, without any attack.
  const busy = heard(even(100, 200));
  expect([250, 251, 400, 401].map((ms) => wordOf(judged(heard(even(100, ms)), busy, calm)))).toEqual([
    'met',
    byMachine,
    byMachine,
    'NOT MET',
  ]);
  expect(passes(judge({ during: heard(even(100, 11), 1), control: heard(even(100, 60)) }, calm))).toBe(false);
});

it('says what is to be met', () => {
  expect(targetOf(heard([12]))).toBe('Target: p99 ≤ 2 × calm and ≤ 250 ms, here 24.0 ms, and nothing lost.');
  expect(targetOf(heard([200]))).toContain('here 250.0 ms');
});

it('prints a table for the document', () => {
  const attacker = { connections: 20, turnedAway: 1_000, packets: 30_000, megabytes: 1.5 };
  const cpu = { system: 0.9, gateway: 0.25, attackers: 0.5 };
  const control = heard([4]);
  const rows = [
    { kind: 'packet flood', during: heard([4, 5, 6]), control, attacker, cpu, stopped: 200 } as const,
    { kind: 'slow readers', during: together(heard([5]), heard([900])), control, attacker, cpu, stopped: 0 } as const,
  ];
  expect(table(rows, heard([1, 2, 3]), { ...cpu, attackers: 0 }).split('\n')).toEqual([
    '| attack | what the attackers did | turned away | median | p99 | × calm | p99 of control | processors: system, of it gateway, attackers |  |',
    '|---|---|--:|--:|--:|--:|--:|---|---|',
    '| none |  |  | 2.0 ms | 3.0 ms |  |  | 0.90, 0.25, 0 |  |',
    '| packet flood | 20 connections, 30,000 packets, 1.5 MB | 1,200 | 5.0 ms | 6.0 ms | 2.0 | 4.0 ms | 0.90, 0.25, 0.50 | met |',
    '| slow readers | 20 connections, 30,000 packets, 1.5 MB | 1,000 | 5.0 ms | 900.0 ms | 300.0 | 4.0 ms | 0.90, 0.25, 0.50 | NOT MET |',
  ]);
});
