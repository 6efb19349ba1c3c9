import type { Backends } from '../processes/backends.ts';

/** One line of the table. */
export interface Result {
  what: string;
  value: number;
  unit: 'ms' | 'µs' | 's' | '/s' | 'kB' | '×' | '%' | '';
  /** 99th percentile in the same unit, where there is one. */
  p99?: number;
  note?: string;
}

/** A result that must show, its target, and what was measured. */
export interface Check {
  what: string;
  target: string;
  measured: string;
  met: boolean;
}

export interface Outcome {
  results: Result[];
  checks: Check[];
}

/** What a measurement is given. */
export interface Bench {
  backends: Backends;
  /** Seconds instead of minutes: shows that everything works, not how fast it is. */
  quick: boolean;
  /** Where CPU profiles of the services are left, if they are asked for. */
  profileFolder: string | undefined;
  /** Tells what is being done, to people. */
  say(line: string): void;
}

export interface Measurement {
  name: string;
  /** What is measured, in a few words. */
  title: string;
  run(bench: Bench): Promise<Outcome>;
}

/** A check of a number that must not be above (or, with `atLeast`, below) its target. */
export function check(
  what: string,
  measured: number,
  target: { atMost: number; unit: Result['unit'] } | { atLeast: number; unit: Result['unit'] },
): Check {
  const [word, bound] = 'atMost' in target ? (['≤', target.atMost] as const) : (['≥', target.atLeast] as const);
  return {
    what,
    target: `${word} ${withUnit(bound, target.unit)}`,
    measured: withUnit(measured, target.unit),
    met: 'atMost' in target ? measured <= target.atMost : measured >= target.atLeast,
  };
}

/** A number with three digits that count, and its unit. */
export function withUnit(value: number, unit: Result['unit']): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, digits === 0 ? ' ' : '');
  return unit === '' ? text : `${text} ${unit}`;
}
