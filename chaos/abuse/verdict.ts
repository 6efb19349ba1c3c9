import type { Done, Kind } from './attacks.ts';
import type { Heard } from './good-people.ts';

/** What the good people may notice, at the most. */
const MOST_MS = 250;
const TIMES_CALM = 2;
/**
 * What is over twice the calm, but below this, is told apart in the table and does not fail a run: where calm is some
 * milliseconds, a machine with few processors that also runs the attackers misses twice that by itself.
 */
const TOLERATED_MS = 100;

export interface Row {
  kind: Kind;
  during: Heard;
  attacker: Done;
  /** What the gateway cut, refused or turned away meanwhile. */
  stopped: number;
}

export interface Verdict {
  calmP99: number;
  p50: number;
  p99: number;
  lost: number;
  /** Within twice the calm, and a quarter of a second. */
  met: boolean;
  /** Met, or below what is tolerated: a run fails without it. */
  tolerated: boolean;
}

/** The value below which the share `q` of the values lies: nearest rank, so one that was measured. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** @param calm of the same people, before the attack and before those that came earlier */
export function judge(during: Heard, calm: Heard): Verdict {
  const calmP99 = quantile(calm.latencies, 0.99);
  const p99 = quantile(during.latencies, 0.99);
  const met = during.lost === 0 && p99 <= Math.min(MOST_MS, TIMES_CALM * calmP99);
  return {
    calmP99,
    p50: quantile(during.latencies, 0.5),
    p99,
    lost: during.lost,
    met,
    tolerated: met || (during.lost === 0 && p99 <= TOLERATED_MS),
  };
}

export const together = (one: Heard, other: Heard): Heard => ({
  latencies: [...one.latencies, ...other.latencies],
  lost: one.lost + other.lost,
});

/** In Markdown, so that it can be put into `docs/security.md`. */
export function table(rows: readonly Row[], calm: Heard): string {
  const head = ['attack', 'what the attacker did', 'turned away', 'median', 'p99', ''];
  const lines = rows.map((row) => {
    const verdict = judge(row.during, calm);
    const { connections, packets, megabytes } = row.attacker;
    const did =
      packets === 0
        ? `${round(connections)} connections`
        : `${round(connections)} connections, ${round(packets)} packets, ${megabytes.toFixed(1)} MB`;
    const figures = [verdict.p50, verdict.p99].map(milliseconds);
    return [row.kind, did, round(row.stopped + row.attacker.turnedAway), ...figures, wordOf(verdict)];
  });
  const { p50, p99 } = judge(calm, calm);
  const text = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const quiet = ['none', '', '', milliseconds(p50), milliseconds(p99), ''];
  return [text(head), '|---|---|--:|--:|--:|---|', text(quiet), ...lines.map(text)].join('\n');
}

/** `met` is within both limits; what is only tolerated says so. */
export function wordOf({ lost, met, tolerated }: Verdict): string {
  if (lost > 0) return `${lost} LOST`;
  if (met) return 'met';
  return tolerated ? `over ${TIMES_CALM} × calm, below ${TOLERATED_MS} ms` : 'NOT MET';
}

export const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`;
const round = (count: number) => Math.round(count).toLocaleString('en');
