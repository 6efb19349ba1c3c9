import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { regressionSeeds } from './runs/regression-seeds.ts';

export interface Options {
  /** One run each. */
  seeds: number[];
  /** Runs under way at the same time, each with a system and servers of its own. */
  atOnce: number;
  seconds: number;
  /** Mean time between the beginnings of two faults, in ms. */
  everyMs: number;
  /** Mean time between two actions of a client, in ms. */
  paceMs: number;
  /** Of each service. */
  count: number;
  customers: number;
  agents: number;
  json: string | undefined;
  /** Only faults whose `kind × target` contains this. */
  only: string;
  /** Prove the checker: all mutants, or those named. */
  mutants: string[] | undefined;
  /** Measure recoveries one at a time instead: all of them, or those named. */
  recovery: string[] | undefined;
  /** Show by a trace of system calls that what is acknowledged was flushed before. */
  flush: boolean;
}

export const USAGE = `npm run chaos -- [options]
  --seed N         the same faults and habits again; one is made up and printed when it is not given
  --minutes M      how long clients do things under faults (2)
  --runs R         so many runs, with seeds N, N + 1, …  (1)
  --regressions    the seeds that once found something before them
  --at-once A      so many runs at the same time, each with servers of its own (3 when there are several, 2 with --mutants)
  --every S        seconds from one fault to the next, on average (2.5)
  --count C        of each service (2)
  --customers C    (40)
  --agents A       (8)
  --pace MS        from one action of a client to its next, on average (120)
  --short          runs of 30 seconds with 10 customers and 3 agents
  --only TEXT      only faults that contain it, as in 'killed × session' or 'postgres'
  --json FILE      writes the report there
  --mutants        proves the checker instead: every seeded bug must be caught; names after it choose some
  --recovery       measures recoveries one at a time instead; names after it choose some
  --flush          shows by strace that what is acknowledged was flushed by Postgres before`;

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
        regressions: { type: 'boolean' },
        'at-once': { type: 'string' },
        every: { type: 'string' },
        count: { type: 'string' },
        customers: { type: 'string' },
        agents: { type: 'string' },
        pace: { type: 'string' },
        short: { type: 'boolean' },
        json: { type: 'string' },
        only: { type: 'string' },
        mutants: { type: 'boolean' },
        recovery: { type: 'boolean' },
        flush: { type: 'boolean' },
      },
    });
    if (positionals.length > 0 && !values.mutants && !values.recovery) return undefined;
    const number = (text: string | undefined, fallback: number) => {
      const value = text === undefined ? fallback : Number(text);
      if (!(value > 0)) throw new Error('not a number above 0');
      return value;
    };
    const first = number(values.seed, randomInt(1, 1_000_000));
    const seeds = [
      ...(values.regressions ? regressionSeeds.map(({ seed }) => seed) : []),
      ...Array.from({ length: number(values.runs, 1) }, (_, index) => first + index),
    ];
    const many = values.mutants ? 2 : seeds.length > 1 ? 3 : 1;
    return {
      seeds,
      atOnce: number(values['at-once'], many),
      seconds: number(values.minutes, values.short ? 0.5 : 2) * 60,
      everyMs: number(values.every, 2.5) * 1_000,
      paceMs: number(values.pace, 120),
      count: number(values.count, 2),
      customers: number(values.customers, values.short ? 10 : 40),
      agents: number(values.agents, values.short ? 3 : 8),
      json: values.json,
      only: values.only ?? '',
      mutants: values.mutants ? positionals : undefined,
      recovery: values.recovery ? positionals : undefined,
      flush: values.flush ?? false,
    };
  } catch {
    return undefined;
  }
}
