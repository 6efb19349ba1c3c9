import { expect, it } from 'vitest';
import type { Heard } from './good-people.ts';
import { judge, quantile, table, together, wordOf } from './verdict.ts';

const heard = (latencies: number[], lost = 0) => ({ latencies, later: latencies, lost });
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

it('tells why a row passes that is over twice the calm: by the control, or because it is short', () => {
  const calm = heard(even(100, 5));
  const words = (control: number, ...times: number[]) =>
    times.map((ms) => wordOf(judged(heard(even(100, ms)), calm, heard(even(100, control)))));
  const [byControl, byTime] = ['over 2 × calm, within 2 × control', 'over 2 × calm, below 100 ms'];
  expect(words(5, 10, 11, 100, 101)).toEqual(['met', byTime, byTime, 'NOT MET']);
  expect(words(60, 10, 11, 120, 121)).toEqual(['met', byControl, byControl, 'NOT MET']);
  expect(words(200, 250, 251)).toEqual([byControl, 'NOT MET']);
});

it('fails a row exactly where its word says so, and for one lost message', () => {
  const [calm, control] = [heard(even(100, 5)), heard(even(100, 60))];
  expect([100, 120, 121].map((ms) => judged(heard(even(100, ms)), calm, control).tolerated)).toEqual([
    true,
    true,
    false,
  ]);
  expect(judged(heard(even(100, 11), 1), calm, control).tolerated).toBe(false);
});

it('says so when calm alone takes so long that 250 ms tell nothing of an attack', () => {
  const busy = heard(even(100, 200));
  const words = [250, 251, 400, 401].map((ms) => wordOf(judged(heard(even(100, ms)), busy, heard(even(100, 5)))));
  const tooBusy = 'over 250 ms, within 2 × calm: the machine is too busy to tell';
  expect(words).toEqual(['met', tooBusy, tooBusy, 'NOT MET']);
  const nearly = heard(even(100, 125));
  expect(judged(heard(even(100, 251)), nearly).tolerated).toBe(false);
  expect(judged(heard(even(100, 300), 1), busy).tolerated).toBe(false);
});

it('prints a table for the document', () => {
  const attacker = { connections: 20, turnedAway: 1_000, packets: 30_000, megabytes: 1.5 };
  const cpu = { system: 0.9, gateway: 0.25, attackers: 0.5 };
  const control = heard([4]);
  const rows = [
    { kind: 'packet flood', during: heard([5, 6, 7]), control, attacker, cpu, stopped: 200 } as const,
    { kind: 'slow readers', during: together(heard([5]), heard([900])), control, attacker, cpu, stopped: 0 } as const,
  ];
  expect(table(rows, heard([1, 2, 3]), { ...cpu, attackers: 0 }).split('\n')).toEqual([
    '| attack | what the attackers did | turned away | median | p99 | p99 after 2 s | p99 of control | processors: system, of it gateway, attackers |  |',
    '|---|---|--:|--:|--:|--:|--:|---|---|',
    '| none |  |  | 2.0 ms | 3.0 ms |  |  | 0.90, 0.25, 0 |  |',
    '| packet flood | 20 connections, 30,000 packets, 1.5 MB | 1,200 | 6.0 ms | 7.0 ms | 7.0 ms | 4.0 ms | 0.90, 0.25, 0.50 | over 2 × calm, within 2 × control |',
    '| slow readers | 20 connections, 30,000 packets, 1.5 MB | 1,000 | 5.0 ms | 900.0 ms | 900.0 ms | 4.0 ms | 0.90, 0.25, 0.50 | NOT MET |',
  ]);
});
