import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface Options {
  seed: number;
  /** Runs with this seed and those that follow it. */
  runs: number;
  seconds: number;
  /** Of each service. */
  count: number;
  customers: number;
  agents: number;
  json: string | undefined;
  /** Only faults whose `kind × target` contains this. */
  only: string;
  /** Prove the checker: all mutants, or those named. */
  mutants: string[] | undefined;
}

export const USAGE = `npm run chaos -- [options]
  --seed N         the same faults and habits again; one is made up and printed when it is not given
  --minutes M      how long clients do things under faults (2)
  --runs R         so many runs, with seeds N, N + 1, …  (1)
  --count C        of each service (2)
  --customers C    (24)
  --agents A       (6)
  --short          a run of 30 seconds with few clients
  --only TEXT      only faults that contain it, as in 'killed × session' or 'postgres'
  --json FILE      writes the report there
  --mutants        proves the checker instead: every seeded bug must be caught; names after it choose some`;

/** @returns undefined when the arguments make no sense */
export function readOptions(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string' },
        runs: { type: 'string' },
        count: { type: 'string' },
        customers: { type: 'string' },
        agents: { type: 'string' },
        short: { type: 'boolean' },
        json: { type: 'string' },
        only: { type: 'string' },
        mutants: { type: 'boolean' },
      },
    });
    if (positionals.length > 0 && !values.mutants) return undefined;
    const number = (text: string | undefined, fallback: number) => {
      const value = text === undefined ? fallback : Number(text);
      if (!(value > 0)) throw new Error('not a number above 0');
      return value;
    };
    return {
      seed: number(values.seed, randomInt(1, 1_000_000)),
      runs: number(values.runs, 1),
      seconds: number(values.minutes, values.short ? 0.5 : 2) * 60,
      count: number(values.count, 2),
      customers: number(values.customers, values.short ? 10 : 24),
      agents: number(values.agents, values.short ? 3 : 6),
      json: values.json,
      only: values.only ?? '',
      mutants: values.mutants ? positionals : undefined,
    };
  } catch {
    return undefined;
  }
}
