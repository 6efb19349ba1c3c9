import type { Done, Kind } from './attacks.ts';
import type { Heard } from './good-people.ts';

/** The target: what good customers may notice of an attack, at the most. */
const MOST_MS = 250;
const TIMES_CALM = 2;
/** Of fewer messages, a handful of late ones are the 99th percentile, and any pause of the machine makes those. */
const MESSAGES_TO_JUDGE = 1_000;
/** Up to this, so few messages fail no run. */
const OF_FEW_MS = 100;

export interface Row {
  kind: Kind;
  during: Heard;
  /** While the same attackers send to somebody who drops it: what they and this machine cost by themselves. */
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
  controlP99: number;
  /** Within twice the calm and within 250 ms, and nothing is lost. */
  met: boolean;
  /**
   * Not met, but within what this machine takes without any work of the system on the attack: twice the calm, or twice
   * the control up to 250 ms.
   */
  byMachine: boolean;
  /** Not met, below 100 ms, and of too few messages to say so: the short form is mostly first moments. */
  ofFew: boolean;
}

/** A run fails where this is false. */
export const passes = ({ met, byMachine, ofFew }: Verdict): boolean => met || byMachine || ofFew;

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
  const met = during.lost === 0 && p99 <= Math.min(MOST_MS, TIMES_CALM * calmP99);
  const kept = !met && during.lost === 0;
  return {
    calmP99,
    p50: quantile(during.latencies, 0.5),
    p99,
    lost: during.lost,
    controlP99,
    met,
    byMachine: kept && p99 <= Math.max(TIMES_CALM * calmP99, Math.min(MOST_MS, TIMES_CALM * controlP99)),
    ofFew: kept && during.latencies.length < MESSAGES_TO_JUDGE && p99 <= OF_FEW_MS,
  };
}

export const together = (one: Heard, other: Heard): Heard => ({
  latencies: [...one.latencies, ...other.latencies],
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
    '× calm',
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
    const [median, p99, control] = [verdict.p50, verdict.p99, verdict.controlP99].map(milliseconds);
    const times = (verdict.p99 / verdict.calmP99).toFixed(1);
    const cpu = [row.cpu.system, row.cpu.gateway, row.cpu.attackers].map((share) => share.toFixed(2)).join(', ');
    const turnedAway = round(row.stopped + row.attacker.turnedAway);
    return [row.kind, did, turnedAway, median, p99, times, control, cpu, wordOf(verdict)].map(String);
  });
  const { p50, p99 } = judge({ during: calm, control: calm }, calm);
  const text = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const { system, gateway } = calmCpu;
  const cpu = `${system.toFixed(2)}, ${gateway.toFixed(2)}, 0`;
  const quiet = ['none', '', '', milliseconds(p50), milliseconds(p99), '', '', cpu, ''];
  return [text(head), '|---|---|--:|--:|--:|--:|--:|---|---|', text(quiet), ...lines.map(text)].join('\n');
}

/** What is to be met, with the calm of this run. */
export const targetOf = (calm: Heard): string => {
  const calmP99 = quantile(calm.latencies, 0.99);
  const most = Math.min(MOST_MS, TIMES_CALM * calmP99);
  return `Target: p99 ≤ ${TIMES_CALM} × calm and ≤ ${MOST_MS} ms, here ${milliseconds(most)}, and nothing lost.`;
};

export function wordOf({ lost, met, byMachine, ofFew }: Verdict): string {
  if (lost > 0) return `${lost} LOST`;
  if (met) return 'met';
  if (byMachine) return 'not met, by the machine';
  return ofFew ? 'not met, of too few messages to judge' : 'NOT MET';
}

export const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`;
const round = (count: number) => Math.round(count).toLocaleString('en');
