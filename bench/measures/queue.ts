import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { batonQueue } from '../contenders/baton.ts';
import { bullmqQueue } from '../contenders/bullmq.ts';
import { plainLists } from '../contenders/plain-lists.ts';
import type { ContenderQueue } from '../contenders/queue.ts';
import { inTurns } from '../load/pairs.ts';
import { spread } from '../statistics/quantiles.ts';
import { alternate, medianOf } from '../statistics/rounds.ts';
import { type Bench, check, type Measurement, type Result } from './measure.ts';

/** How many wait. What grows with them is not taken further than it can be borne. */
const SIZES = [100, 10_000, 1_000_000];
const LARGEST_OF_OTHERS = 10_000;
const IN_FLIGHT = 50;

const contestants = { Baton: batonQueue, BullMQ: bullmqQueue, 'plain lists': plainLists };
type Name = keyof typeof contestants;

type Operation = 'enqueue' | 'position' | 'remove' | 'claim';

interface Measured {
  /** Milliseconds of each call, one after the other. */
  calls: Record<Operation, number[]>;
  /** Entering and being taken, so many a second, with fifty in flight. */
  throughput: number;
}

/** Putting customers into the queue and taking them out, in Redis by itself. */
export const queue: Measurement = {
  name: 'queue',
  title: 'the order of waiting in Redis, beside BullMQ and plain lists',
  async run(bench) {
    const sizes = bench.quick ? SIZES.slice(0, 2) : SIZES;
    const resultsByName = new Map<string, Measured>();
    for (const size of sizes) {
      bench.say(`${size} waiting`);
      const names = (Object.keys(contestants) as Name[]).filter(
        (name) => name === 'Baton' || size <= LARGEST_OF_OTHERS,
      );
      for (const [name, measured] of await measureQueues(bench, names, size))
        resultsByName.set(`${name} ${size}`, measured);
    }
    const of = (name: Name, size: number) => resultsByName.get(`${name} ${size}`);
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
      results: [...resultsByName].flatMap(([what, measured]) => resultsOf(what, measured)),
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

/** All of them keep their customers in one Redis and are measured in turn. */
async function measureQueues({ backends, quick }: Bench, names: Name[], size: number): Promise<[Name, Measured][]> {
  const cleaner = new Redis(backends.redisUrl);
  await cleaner.flushall();
  const queues = new Map<Name, ContenderQueue>();
  for (const name of names) {
    const queue = await contestants[name](backends.redisUrl);
    await queue.fill(idsOf(size));
    queues.set(name, queue);
  }
  const count = quick ? 100 : 1_000;
  const rounds = await alternate(
    { warmUp: 1, counted: quick ? 1 : 5 },
    Object.fromEntries(
      [...queues].map(([name, queue]) => [
        name,
        async () => ({ calls: await callsOf(queue, count / 5), rate: await rateOf(queue, count * 2) }),
      ]),
    ),
  );
  for (const queue of queues.values()) await queue.close();
  await cleaner.flushall();
  cleaner.disconnect();
  return names.map((name) => {
    const results = rounds[name] ?? [];
    const all = (operation: Operation) => results.flatMap(({ calls }) => calls[operation]);
    return [
      name,
      {
        calls: { enqueue: all('enqueue'), position: all('position'), remove: all('remove'), claim: all('claim') },
        throughput: medianOf(results, ({ rate }) => rate),
      },
    ];
  });
}

const idsOf = (count: number) => Array.from({ length: count }, () => randomUUID());

/** Milliseconds of each call, one after the other. */
async function callsOf(queue: ContenderQueue, count: number): Promise<Measured['calls']> {
  const calls: Measured['calls'] = { enqueue: [], position: [], remove: [], claim: [] };
  const timed = async (operation: Operation, work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    calls[operation].push(performance.now() - start);
  };
  for (const id of idsOf(count)) {
    await timed('enqueue', () => queue.enqueue(id));
    const { position } = queue;
    if (position) await timed('position', () => position(id));
    await timed('remove', () => queue.remove(id));
    await timed('enqueue', () => queue.enqueue(id));
    await timed('claim', () => queue.claim());
  }
  return calls;
}

/** Each enters, and as many are taken: customers a second. */
async function rateOf(queue: ContenderQueue, count: number): Promise<number> {
  const start = performance.now();
  await inTurns(IN_FLIGHT, idsOf(count), (id) => queue.enqueue(id));
  await queue.claimMany(IN_FLIGHT, count);
  return count / ((performance.now() - start) / 1_000);
}

function resultsOf(what: string, { calls, throughput }: Measured): Result[] {
  const operations = Object.entries(calls).filter(([, times]) => times.length > 0);
  return [
    ...operations.map(([operation, times]): Result => {
      const { median, p99 } = spread(times);
      return { what: `${what} waiting: ${operation}`, value: median, p99, unit: 'ms' };
    }),
    { what: `${what} waiting: enqueue and claim`, value: throughput, unit: '/s', note: `${IN_FLIGHT} in flight` },
  ];
}
