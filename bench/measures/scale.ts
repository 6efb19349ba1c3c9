import { setTimeout as pause } from 'node:timers/promises';
import { type Run, startConversations, totalOf } from '../load/conversations.ts';
import { startBaton } from '../processes/baton.ts';
import { type CpuSeconds, cpuOf } from '../processes/cpu.ts';
import { inRounds, medianOf } from '../statistics/rounds.ts';
import { type Bench, check, type Measurement, type Result } from './measure.ts';

const SOCKETS = 200;
const PER_SECOND = 400;

/** How many of each, and whether customer and agent are at the same gateway or at two. */
const CASES = {
  '1 of each': { count: 1, together: true },
  '2 of each, both at one gateway': { count: 2, together: true },
  '4 of each, both at one gateway': { count: 4, together: true },
  '2 of each, at two gateways': { count: 2, together: false },
  '4 of each, at two gateways': { count: 4, together: false },
} as const;
type Case = keyof typeof CASES;

interface Measured {
  run: Run;
  /** Microseconds a second that the processes take when nobody writes, by name. */
  idleMicros: CpuSeconds;
}

/**
 * One, two and four gateways and session services under the same load: what a message costs must not grow. Those who
 * write to each other at two gateways need one process more for each message, whatever the number of gateways, so both
 * are measured.
 */
export const scale: Measurement = {
  name: 'scale',
  title: `1, 2 and 4 gateways and session services at ${PER_SECOND} messages a second`,
  async run(bench) {
    const names = Object.keys(CASES) as Case[];
    const measure = (one: Case, name: string) => measureWith(bench, CASES[one], name);
    const measured = await inRounds(names, measure, { ...bench, name: 'scale' });
    const all = (name: Case) => medianOf(measured[name], ({ run }) => totalOf(run.cpuMicros));
    /** What a message adds to what the processes take anyway. */
    const added = (name: Case) =>
      medianOf(measured[name], ({ run, idleMicros }) => totalOf(run.cpuMicros) - totalOf(idleMicros) / PER_SECOND);
    const growth = (what: string, name: Case, of: Case) =>
      check(`CPU that a message adds, ${what}`, added(name) / added(of), { atMost: 1.1, unit: '×' });
    return {
      results: names.flatMap((name): Result[] => [
        { what: `${name}: CPU that a message adds`, value: added(name), unit: 'µs' },
        {
          what: `${name}: all CPU, by message`,
          value: all(name),
          unit: 'µs',
          note: Object.entries(measured[name].at(-1)?.run.cpuMicros ?? {})
            .map(([process, micros]) => `${process} ${micros.toFixed(0)}`)
            .join(', '),
        },
      ]),
      checks: [
        growth('four of each to one, both at one gateway', '4 of each, both at one gateway', '1 of each'),
        growth('four of each to one, at two gateways', '4 of each, at two gateways', '1 of each'),
        growth('four of each to two, at two gateways', '4 of each, at two gateways', '2 of each, at two gateways'),
      ],
    };
  },
};

async function measureWith(bench: Bench, { count, together }: (typeof CASES)[Case], name: string): Promise<Measured> {
  const { backends, quick, profileFolder } = bench;
  const baton = await startBaton({ backends, name, gateways: count, sessions: count, profileFolder });
  const { gateways: urls, processes } = baton;
  const conversations = await startConversations({ urls, together, sockets: SOCKETS, processes });
  const seconds = quick ? 2 : 6;
  // Each process sees a part of the messages only, so the more there are, the longer until their code is compiled.
  await conversations.offer(PER_SECOND * 2, seconds + count);
  const idle = await cpuOf(processes, () => pause(seconds * 1_000));
  const run = await conversations.offer(PER_SECOND, seconds);
  await conversations.stop();
  await baton.stop();
  const aSecond = ([kind, taken]: [string, number]) => [kind, (taken / seconds) * 1e6];
  return { run, idleMicros: Object.fromEntries(Object.entries(idle.cpu).map((one) => aSecond(one))) };
}
