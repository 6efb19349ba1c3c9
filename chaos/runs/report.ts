import type { Violation } from '../checks/violation.ts';
import type { FaultRecord, History, Ledger } from '../history/history.ts';

export interface Row {
  kind: string;
  target: string;
  runs: number;
  /** While it was felt. */
  acknowledged: number;
  assignments: number;
  /** That have a time, and had no fault later before it. */
  violations: number;
  slowestRecoveryMs: number;
}

/** One run, for the table of runs. */
export interface RunRow {
  seed: number;
  faults: number;
  kinds: number;
  acknowledged: number;
  chats: number;
  assignments: number;
  violations: number;
}

export interface Report {
  runs: RunRow[];
  seconds: number;
  rows: Row[];
  faults: number;
  kinds: number;
  acknowledged: number;
  sessions: number;
  entries: number;
  assignments: number;
  violations: (Violation & { seed: number })[];
}

interface Finished {
  seed: number;
  seconds: number;
  history: History;
  ledger: Ledger;
  violations: readonly Violation[];
}

/** What runs came to, by kind of fault and target. */
export function report(runs: readonly Finished[]): Report {
  const rows = new Map<string, Row>();
  for (const { history, ledger, violations } of runs) {
    const acks = history.sends
      .flatMap(({ told }) => told.flatMap((one) => (one.ok ? [one.at] : [])))
      .sort((a, b) => a - b);
    const taken = ledger.entries
      .flatMap(({ change, at }) => (change?.to === 'agent' ? [at] : []))
      .sort((a, b) => a - b);
    const blamed = violations.map(({ at }) => at !== undefined && lastBefore(history.faults, at));
    for (const fault of history.faults) {
      const { kind, target } = fault;
      const key = `${kind} ${target}`;
      const row = rows.get(key) ?? {
        kind,
        target,
        runs: 0,
        acknowledged: 0,
        assignments: 0,
        violations: 0,
        slowestRecoveryMs: 0,
      };
      rows.set(key, row);
      const until = fault.healedAt + fault.recoveredMs;
      row.runs++;
      row.acknowledged += acks.filter((at) => at >= fault.at && at <= until).length;
      row.assignments += taken.filter((at) => at >= fault.at && at <= until).length;
      row.violations += blamed.filter((one) => one === fault).length;
      row.slowestRecoveryMs = Math.max(row.slowestRecoveryMs, fault.recoveredMs);
    }
  }
  const sum = (of: (one: Finished) => number) => runs.reduce((total, one) => total + of(one), 0);
  const list = [...rows.values()].sort((a, b) => a.kind.localeCompare(b.kind) || a.target.localeCompare(b.target));
  return {
    runs: runs.map(({ seed, history, ledger, violations }) => ({
      seed,
      faults: history.faults.length,
      kinds: new Set(history.faults.map(({ kind }) => kind)).size,
      acknowledged: acknowledgedOf(history),
      chats: ledger.sessions.length,
      assignments: assignmentsOf(ledger),
      violations: violations.length,
    })),
    seconds: Math.round(sum(({ seconds }) => seconds)),
    rows: list,
    faults: sum(({ history }) => history.faults.length),
    kinds: new Set(list.map(({ kind }) => kind)).size,
    acknowledged: sum(({ history }) => acknowledgedOf(history)),
    sessions: sum(({ ledger }) => ledger.sessions.length),
    entries: sum(({ ledger }) => ledger.entries.length),
    assignments: sum(({ ledger }) => assignmentsOf(ledger)),
    violations: runs.flatMap(({ seed, violations }) => violations.map((one) => ({ ...one, seed }))),
  };
}

const acknowledgedOf = ({ sends }: History) => sends.filter(({ told }) => told.some(({ ok }) => ok)).length;
const assignmentsOf = ({ entries }: Ledger) => entries.filter(({ change }) => change?.to === 'agent').length;

const lastBefore = (faults: readonly FaultRecord[], at: number): FaultRecord | undefined =>
  faults.filter((one) => one.at <= at).sort((a, b) => b.at - a.at)[0];

/** The report as a table in Markdown, and what was broken. */
export function asText(made: Report): string {
  const head =
    '| fault | target | times | acknowledged meanwhile | assignments meanwhile | violations | slowest recovery |';
  const rows = made.rows.map(
    (row) =>
      `| ${row.kind} | ${row.target} | ${row.runs} | ${row.acknowledged} | ${row.assignments} | ${row.violations} | ${row.slowestRecoveryMs} ms |`,
  );
  const table = [
    head,
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows,
    ...(made.runs.length > 1 ? ['', ...tableOfRuns(made)] : []),
  ];
  const [first, ...others] = made.runs;
  const seeds = others.length === 0 ? `seed ${first?.seed}` : `${made.runs.length} seeds`;
  const total =
    `${made.seconds} s, ${seeds}: ${made.faults} faults of ${made.kinds} kinds, ${made.acknowledged} acknowledged messages, ` +
    `${made.sessions} chats with ${made.entries} entries, ${made.assignments} assignments, ${made.violations.length} violations.`;
  const broken = made.violations.map(
    ({ rule, says, seed, at }) =>
      `  [${rule}] seed ${seed}${at === undefined ? '' : ` ${new Date(at).toISOString()}`}: ${says}`,
  );
  return [...table, '', total, ...broken].join('\n');
}

function tableOfRuns({ runs }: Report): string[] {
  return [
    '| seed | faults | kinds | acknowledged | chats | assignments | violations |',
    '|---:|---:|---:|---:|---:|---:|---:|',
    ...runs.map(
      (one) =>
        `| ${one.seed} | ${one.faults} | ${one.kinds} | ${one.acknowledged} | ${one.chats} | ${one.assignments} | ${one.violations} |`,
    ),
  ];
}
