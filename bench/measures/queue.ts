import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { batonLine } from '../lines/baton.ts';
import { bullmqLine } from '../lines/bullmq.ts';
import type { Line } from '../lines/line.ts';
import { plainLists } from '../lines/plain-lists.ts';
import { inTurns } from '../load/pairs.ts';
import { type Bench, check, type Figure, type Measurement } from '../measure.ts';
import { spread } from '../quantiles.ts';

/** How many wait. What grows with them is not taken further than it can be borne. */
const SIZES = [100, 10_000, 1_000_000];
const LARGEST_OF_OTHERS = 10_000;
const IN_FLIGHT = 50;

const contestants = { Baton: batonLine, BullMQ: bullmqLine, 'plain lists': plainLists };
type Name = keyof typeof contestants;

interface Measured {
  /** Milliseconds of each call, one after the other. */
  calls: Record<'enqueue' | 'position' | 'remove' | 'claim', number[]>;
  /** Entering and being taken, so many a second, with fifty in flight. */
  throughput: number;
}

/** Putting customers in line and taking them out, in Redis by itself. */
export const queue: Measurement = {
  name: 'queue',
  title: 'the order of waiting in Redis, beside BullMQ and plain lists',
  async run(bench) {
    const sizes = bench.quick ? SIZES.slice(0, 2) : SIZES;
    const results = new Map<string, Measured>();
    for (const size of sizes) {
      for (const name of Object.keys(contestants) as Name[]) {
        if (name !== 'Baton' && size > LARGEST_OF_OTHERS) continue;
        bench.say(`${name}, ${size} waiting`);
        results.set(`${name} ${size}`, await measureLine(bench, name, size));
      }
    }
    const of = (name: Name, size: number) => results.get(`${name} ${size}`);
    const first = of('Baton', sizes[0] ?? 0);
    const last = of('Baton', sizes.at(-1) ?? 0);
    const operations = ['enqueue', 'claim', 'position', 'remove'] as const;
    const growth = operations.map(
      (operation) => spread(last?.calls[operation] ?? []).median / spread(first?.calls[operation] ?? []).median,
    );
    const ratios = sizes
      .filter((size) => size <= LARGEST_OF_OTHERS)
      .map((size) => (of('Baton', size)?.throughput ?? 0) / (of('BullMQ', size)?.throughput ?? 0));
    return {
      figures: [...results].flatMap(([what, measured]) => figuresOf(what, measured)),
      checks: [
        check(`growth of the slowest operation from ${sizes[0]} to ${sizes.at(-1)} waiting`, Math.max(...growth), {
          atMost: 2,
          unit: '×',
        }),
        check("enqueue and claim, of BullMQ's", Math.min(...ratios), { atLeast: 3, unit: '×' }),
      ],
    };
  },
};

async function measureLine({ backends, quick }: Bench, name: Name, size: number): Promise<Measured> {
  const cleaner = new Redis(backends.redisUrl);
  await cleaner.flushall();
  const line = await contestants[name](backends.redisUrl);
  const waiting = Array.from({ length: size }, () => randomUUID());
  await line.fill(waiting);
  const count = quick ? 100 : 1_000;
  const sample = (length: number) => Array.from({ length }, () => randomUUID());
  const calls: Measured['calls'] = { enqueue: [], position: [], remove: [], claim: [] };
  const timed = async (operation: keyof typeof calls, work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    calls[operation].push(performance.now() - start);
  };
  await roundTrips(line, sample(count / 10));
  for (const id of sample(count)) {
    await timed('enqueue', () => line.enqueue(id));
    const { position } = line;
    if (position) await timed('position', () => position(id));
    await timed('remove', () => line.remove(id));
    await timed('enqueue', () => line.enqueue(id));
    await timed('claim', () => line.claim());
  }
  const rates: number[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    const start = performance.now();
    await roundTrips(line, sample(count * 2));
    rates.push((count * 2) / ((performance.now() - start) / 1_000));
  }
  await line.close();
  await cleaner.flushall();
  cleaner.disconnect();
  return { calls, throughput: spread(rates).median };
}

/** Each enters, and as many are taken. */
async function roundTrips(line: Line, ids: readonly string[]): Promise<void> {
  await inTurns(IN_FLIGHT, ids, (id) => line.enqueue(id));
  await inTurns(IN_FLIGHT, ids, () => line.claim());
}

function figuresOf(what: string, { calls, throughput }: Measured): Figure[] {
  const operations = Object.entries(calls).filter(([, times]) => times.length > 0);
  return [
    ...operations.map(([operation, times]): Figure => {
      const { median, p99 } = spread(times);
      return { what: `${what} waiting: ${operation}`, value: median, p99, unit: 'ms' };
    }),
    { what: `${what} waiting: enqueue and claim`, value: throughput, unit: '/s', note: `${IN_FLIGHT} in flight` },
  ];
}
