import { setTimeout as pause } from 'node:timers/promises';
import { startBaton } from '../baton.ts';
import { type Run, startConversations, totalOf } from '../conversations.ts';
import { type CpuSeconds, cpuOf } from '../cpu.ts';
import { type Bench, check, type Figure, type Measurement } from '../measure.ts';
import { medianOf } from '../rounds.ts';

const COUNTS = ['1', '2', '4'] as const;
const SOCKETS = 200;
const PER_SECOND = 400;

interface Measured {
  run: Run;
  /** Microseconds a second that the processes take when nobody writes, by name. */
  idleMicros: CpuSeconds;
}

/** One, two and four gateways and session services under the same load: what a message costs must not grow. */
export const scale: Measurement = {
  name: 'scale',
  title: `1, 2 and 4 gateways and session services at ${PER_SECOND} messages a second`,
  async run(bench) {
    const measured: Record<(typeof COUNTS)[number], Measured[]> = { '1': [], '2': [], '4': [] };
    // Each by itself, since what is started costs even when idle; and round after round.
    for (let round = 0; round < (bench.quick ? 1 : 2); round++) {
      for (const count of round % 2 === 0 ? COUNTS : COUNTS.toReversed()) {
        bench.say(`${count} of each, round ${round + 1}`);
        measured[count].push(await measureWith(bench, Number(count), `scale_${count}_${round}`));
      }
    }
    const all = (count: (typeof COUNTS)[number]) => medianOf(measured[count], ({ run }) => totalOf(run.cpuMicros));
    /** What a message adds to what the processes take anyway. */
    const added = (count: (typeof COUNTS)[number]) =>
      medianOf(measured[count], ({ run, idleMicros }) => totalOf(run.cpuMicros) - totalOf(idleMicros) / PER_SECOND);
    return {
      figures: COUNTS.flatMap((count): Figure[] => [
        { what: `${count} of each: CPU that a message adds`, value: added(count), unit: 'µs' },
        {
          what: `${count} of each: all CPU, by message`,
          value: all(count),
          unit: 'µs',
          note: Object.entries(measured[count].at(-1)?.run.cpuMicros ?? {})
            .map(([name, micros]) => `${name} ${micros.toFixed(0)}`)
            .join(', '),
        },
      ]),
      checks: [
        check('CPU that a message adds with four gateways, of that with one', added('4') / added('1'), {
          atMost: 1.1,
          unit: '×',
        }),
      ],
    };
  },
};

async function measureWith(bench: Bench, count: number, name: string): Promise<Measured> {
  const { backends, quick, profileFolder } = bench;
  const baton = await startBaton({ backends, name, gateways: count, sessions: count, profileFolder });
  const { gateways: urls, processes } = baton;
  const conversations = await startConversations({ urls, sockets: SOCKETS, processes });
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
