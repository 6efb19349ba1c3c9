import type { Done, Kind } from './attacks.ts';
import type { Heard } from './good-people.ts';

/** What the good people may notice, at the most. */
const MOST_MS = 250;
const TIMES_CALM = 2;
/**
 * Above twice the calm, and below this, is named in the table and does not fail a run. Where calm takes some
 * milliseconds, the bursts that the limits allow take longer than twice that on few processors.
 */
const TOLERATED_MS = 100;
export interface Row {
  kind: Kind;
  during: Heard;
  /** While the same attackers send to somebody who does nothing with it: what they and this machine cost by themselves. */
  control: Heard;
  attacker: Done;
  /** Processor seconds in each second: of all of the system, of the gateway in it, and of the attackers. */
  cpu: { system: number; gateway: number; attackers: number };
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
  controlP99: number;
  /** Within 250 ms, and within twice of what the same traffic costs without the system. */
  withinControl: boolean;
  /** Within twice the calm, which was above half of 250 ms by itself: this machine is too busy for that limit. */
  tooBusy: boolean;
  /** Met, within twice the control, below what is tolerated, or on a machine that is too busy: a run fails without it. */
  tolerated: boolean;
}

/** The value below which the share `q` of the values lies: nearest rank, so one that was measured. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** @param calm of the same people, before the attack and before those that came earlier */
export function judge({ during, control }: Pick<Row, 'during' | 'control'>, calm: Heard): Verdict {
  const calmP99 = quantile(calm.latencies, 0.99);
  const p99 = quantile(during.latencies, 0.99);
  const controlP99 = quantile(control.latencies, 0.99);
  const within = (usual: number) => during.lost === 0 && p99 <= Math.min(MOST_MS, TIMES_CALM * usual);
  const met = within(calmP99);
  const tooBusy = !met && during.lost === 0 && TIMES_CALM * calmP99 > MOST_MS && p99 <= TIMES_CALM * calmP99;
  return {
    calmP99,
    p50: quantile(during.latencies, 0.5),
    p99,
    lost: during.lost,
    controlP99,
    met,
    withinControl: within(controlP99),
    tooBusy,
    tolerated: met || within(controlP99) || tooBusy || (during.lost === 0 && p99 <= TOLERATED_MS),
  };
}

export const together = (one: Heard, other: Heard): Heard => ({
  latencies: [...one.latencies, ...other.latencies],
  later: [...one.later, ...other.later],
  lost: one.lost + other.lost,
});

/** In Markdown, so that it can be put into `docs/security.md`. */
export function table(rows: readonly Row[], calm: Heard, calmCpu: Row['cpu']): string {
  const head = [
    'attack',
    'what the attackers did',
    'turned away',
    'median',
    'p99',
    'p99 after 2 s',
    'p99 of control',
    'processors: system, of it gateway, attackers',
    '',
  ];
  const lines = rows.map((row) => {
    const verdict = judge(row, calm);
    const { connections, packets, megabytes } = row.attacker;
    const did =
      packets === 0
        ? `${round(connections)} connections`
        : `${round(connections)} connections, ${round(packets)} packets, ${megabytes.toFixed(1)} MB`;
    const times = [verdict.p50, verdict.p99, quantile(row.during.later, 0.99), verdict.controlP99].map(milliseconds);
    const cpu = [row.cpu.system, row.cpu.gateway, row.cpu.attackers].map((share) => share.toFixed(2)).join(', ');
    return [row.kind, did, round(row.stopped + row.attacker.turnedAway), ...times, cpu, wordOf(verdict)];
  });
  const { p50, p99 } = judge({ during: calm, control: calm }, calm);
  const text = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const { system, gateway } = calmCpu;
  const cpu = `${system.toFixed(2)}, ${gateway.toFixed(2)}, 0`;
  const quiet = ['none', '', '', milliseconds(p50), milliseconds(p99), '', '', cpu, ''];
  return [text(head), '|---|---|--:|--:|--:|--:|--:|---|---|', text(quiet), ...lines.map(text)].join('\n');
}

/** `met` is within both limits of calm; what only passes says why. */
export function wordOf({ lost, met, withinControl, tooBusy, tolerated }: Verdict): string {
  if (lost > 0) return `${lost} LOST`;
  if (met) return 'met';
  if (withinControl) return `over ${TIMES_CALM} × calm, within ${TIMES_CALM} × control`;
  if (tooBusy) return `over ${MOST_MS} ms, within ${TIMES_CALM} × calm: the machine is too busy to tell`;
  return tolerated ? `over ${TIMES_CALM} × calm, below ${TOLERATED_MS} ms` : 'NOT MET';
}

export const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`;
const round = (count: number) => Math.round(count).toLocaleString('en');
