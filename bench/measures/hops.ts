import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startBaseline } from '../baseline/start-baseline.ts';
import { follow, type Passing, type Path } from '../hops/follow.ts';
import { nowMicros, readPassings } from '../hops/read-passings.ts';
import { startConversations } from '../load/conversations.ts';
import { startBaton } from '../processes/baton.ts';
import { spread } from '../statistics/quantiles.ts';
import type { Bench, Measurement, Result } from './measure.ts';

const LOW_LOAD = 50;

/** From one step of the path to the next, in the words of the table. */
const STEPS = [
  'to the gateway',
  'in the gateway',
  'by NATS to the session service',
  'in the session service',
  'to Postgres, committed, and back',
  'in the session service again',
] as const;
const LAST_STEPS = ['by NATS to the gateway', 'in the gateway again', 'to the browser'] as const;

/** The way of a message that comes in at one gateway, and of its acknowledgement or its entry that leaves by one. */
const way = (entrance: string, exit: string): Path => [
  ['load', 'write', entrance],
  [entrance, 'read', 'load'],
  [entrance, 'write', 'nats'],
  ['session', 'read', 'nats'],
  ['session', 'write', 'postgres'],
  ['session', 'read', 'postgres'],
  ['session', 'write', 'nats'],
  [exit, 'read', 'nats'],
  [exit, 'write', 'load'],
  ['load', 'read', exit],
];

/** The paths of the baseline, with as little in each process as can be. */
const ECHO: Path = [
  ['load', 'write', 'echo'],
  ['echo', 'read', 'load'],
  ['echo', 'write', 'load'],
  ['load', 'read', 'echo'],
];
const REQUEST: Path = [
  ['load', 'write', 'nats'],
  ['responder', 'read', 'nats'],
  ['responder', 'write', 'nats'],
  ['load', 'read', 'nats'],
];
const COMMIT: Path = [
  ['load', 'write', 'postgres'],
  ['load', 'read', 'postgres'],
];

/** Where the time of one message goes that meets no other. */
export const hops: Measurement = {
  name: 'hops',
  title: `one message from process to process, ${LOW_LOAD} a second`,
  async run(bench) {
    const baseline = await noteBaseline(bench);
    const ours = await noteOurs(bench);
    const [one, other] = ['gateway-1', 'gateway-2'] as const;
    const acknowledged = [...follow(ours, way(one, one)), ...follow(ours, way(other, other))];
    const shown = [...follow(ours, way(one, other)), ...follow(ours, way(other, one))];
    return {
      results: [
        ...resultsOf('baseline: ', ['to the echo', 'in the echo', 'back'], follow(baseline, ECHO)),
        ...resultsOf(
          'baseline: ',
          ['by NATS to the responder', 'in the responder', 'by NATS back'],
          follow(baseline, REQUEST),
        ),
        ...resultsOf('baseline: ', ['to Postgres, committed, and back'], follow(baseline, COMMIT)),
        ...resultsOf('', STEPS, acknowledged),
        ...resultsOf('acknowledgement: ', LAST_STEPS, acknowledged, STEPS.length),
        ...resultsOf('acknowledgement: ', ['all'], sums(acknowledged)),
        ...resultsOf("agent's screen: ", LAST_STEPS, shown, STEPS.length),
        ...resultsOf("agent's screen: ", ['all'], sums(shown)),
      ],
      checks: [],
    };
  },
};

/** A result for each of the names, of the steps from `from` on. */
function resultsOf(whose: string, names: readonly string[], messages: readonly number[][], from = 0): Result[] {
  return names.map((name, index) => {
    const { median, p99 } = spread(messages.map((steps) => steps[from + index] ?? 0));
    return { what: whose + name, value: median, p99, unit: 'µs' };
  });
}

const sums = (messages: readonly number[][]) => messages.map((steps) => [steps.reduce((sum, one) => sum + one, 0)]);

const portOf = (url: string) => Number(new URL(url).port);
const serversOf = ({ backends }: Bench) =>
  new Map([
    [portOf(backends.natsUrl), 'nats'],
    [portOf(backends.databaseUrl), 'postgres'],
  ]);

async function noteBaseline(bench: Bench): Promise<Passing[]> {
  const folder = await mkdtemp(join(bench.backends.folder, 'wire-times-'));
  const baseline = await startBaseline(bench.backends, folder);
  await baseline.measure(200, bench.quick ? 2 : 8);
  const between = await timed(() => baseline.measure(LOW_LOAD, bench.quick ? 2 : 20));
  await baseline.stop();
  const processes = [
    { ...baseline.load, who: 'load' },
    { pid: baseline.echo.pid, who: 'echo', port: portOf(baseline.echo.url) },
    { pid: baseline.responder.pid, who: 'responder' },
  ];
  return readPassings(folder, processes, serversOf(bench), between);
}

async function noteOurs(bench: Bench): Promise<Passing[]> {
  const { backends, quick } = bench;
  const wireTimes = await mkdtemp(join(backends.folder, 'wire-times-'));
  const baton = await startBaton({ backends, name: 'hops', gateways: 2, wireTimes });
  const load = await startConversations({ urls: baton.gateways, sockets: 50, processes: [], wireTimes });
  await load.offer(400, quick ? 2 : 8);
  const between = await timed(() => load.offer(LOW_LOAD, quick ? 2 : 20));
  await load.stop();
  await baton.stop();
  const services = baton.services.map(({ name, pid, url }) => {
    const number = baton.gateways.indexOf(url) + 1;
    return number === 0 ? { pid, who: name } : { pid, who: `gateway-${number}`, port: portOf(url) };
  });
  return readPassings(wireTimes, [...services, { pid: load.pid, who: 'load' }], serversOf(bench), between);
}

/** When it began and ended. */
async function timed(work: () => Promise<unknown>): Promise<{ begin: number; end: number }> {
  const begin = nowMicros();
  await work();
  return { begin, end: nowMicros() };
}
