import { type Conversations, highestRates, type Run, startConversations, totalOf } from '../load/conversations.ts';
import { startBaton } from '../processes/baton.ts';
import { startReferenceDesign } from '../reference-design/start-reference-design.ts';
import { spread } from '../statistics/quantiles.ts';
import { alternate, medianOf } from '../statistics/rounds.ts';
import { check, type Measurement, type Result } from './measure.ts';

const SOCKETS = 50;

/** The reference design as its readers would write it, with the ORM; and with SQL by hand, which is the harder rival. */
const names = ['Baton', 'reference design', 'reference design, SQL by hand'] as const;
type Name = (typeof names)[number];

interface Contestant {
  conversations: Conversations;
  stop(): Promise<void>;
}

/** The same conversations with the design that Baton grew from, in one process. */
export const referenceDesign: Measurement = {
  name: 'guide',
  title: 'beside the reference design in one process: both durable, the same client, the same cores',
  async run({ backends, quick, profileFolder, say }) {
    const startOurs = async (): Promise<Contestant> => {
      const baton = await startBaton({ backends, name: 'guide_ours', gateways: 2, profileFolder });
      const { gateways: urls, processes } = baton;
      return {
        conversations: await startConversations({ urls, sockets: SOCKETS, processes }),
        stop: () => baton.stop(),
      };
    };
    const startTheirs = async (store: 'prisma' | 'driver'): Promise<Contestant> => {
      const server = await startReferenceDesign(backends, store);
      const processes = [{ name: 'reference design', pid: server.pid }, ...backends.processes];
      const conversations = await startConversations({ urls: [server.url], sockets: SOCKETS, processes });
      return { conversations, stop: () => server.stop() };
    };
    const contestants: Record<Name, Contestant> = {
      Baton: await startOurs(),
      'reference design': await startTheirs('prisma'),
      'reference design, SQL by hand': await startTheirs('driver'),
    };
    const eachOffered = (rounds: number, seconds: number, perSecond: (name: Name) => number) =>
      alternate<Name, Run>(
        { warmUp: 0, counted: rounds },
        each((name) => () => contestants[name].conversations.offer(perSecond(name), seconds)),
      );

    say('warming up, then looking for the highest rates');
    await eachOffered(1, quick ? 2 : 6, () => 400);
    const rates = await alternate<Name, { sustained: number; within100: number }>(
      { warmUp: 0, counted: quick ? 1 : 2 },
      each((name) => () => {
        const search = { from: 1_600, seconds: quick ? 2 : 3, precision: quick ? 0.4 : 0.1 };
        return highestRates(contestants[name].conversations, search);
      }),
    );
    const rateOf = (name: Name, kind: 'sustained' | 'within100') => medianOf(rates[name], (one) => one[kind]);
    const same = rateOf('reference design', 'within100') * 0.8;
    say(`CPU for a message at ${same.toFixed(0)}/s, then at 0.8 of what each takes`);
    const seconds = quick ? 2 : 6;
    const alike = await eachOffered(quick ? 1 : 3, seconds, () => same);
    const busy = await eachOffered(quick ? 1 : 3, seconds, (name) => rateOf(name, 'within100') * 0.8);
    for (const { conversations, stop } of Object.values(contestants)) {
      await conversations.stop();
      await stop();
    }

    const cpuOf = (runs: readonly Run[]) => medianOf(runs, (run) => totalOf(run.cpuMicros));
    const resultsOf = (name: Name): Result[] => {
      const latency = spread(alike[name].flatMap((run) => run.delivered));
      const parts = Object.entries(busy[name].at(-1)?.cpuMicros ?? {}).filter(([, micros]) => micros >= 1);
      return [
        { what: `${name}: rate sustained`, value: rateOf(name, 'sustained'), unit: '/s' },
        { what: `${name}: rate at p99 ≤ 100 ms`, value: rateOf(name, 'within100'), unit: '/s' },
        {
          what: `${name}: send to the agent's screen`,
          value: latency.median,
          p99: latency.p99,
          unit: 'ms',
          note: `at ${same.toFixed(0)}/s`,
        },
        { what: `${name}: CPU for a message`, value: cpuOf(alike[name]), unit: 'µs', note: `at ${same.toFixed(0)}/s` },
        {
          what: `${name}: CPU for a message at 0.8 of its own rate`,
          value: cpuOf(busy[name]),
          unit: 'µs',
          note: parts.map(([part, micros]) => `${part} ${micros.toFixed(0)}`).join(', '),
        },
      ];
    };
    const ratio = (kind: 'sustained' | 'within100', other: Name) => rateOf('Baton', kind) / rateOf(other, kind);
    const cpuRatio = (other: Name) => cpuOf(busy.Baton) / cpuOf(busy[other]);
    return {
      results: names.flatMap(resultsOf),
      checks: names
        .slice(1)
        .flatMap((other) => [
          check(`rate sustained, of the ${other}'s`, ratio('sustained', other), { atLeast: 4, unit: '×' }),
          check(`rate at p99 ≤ 100 ms, of the ${other}'s`, ratio('within100', other), { atLeast: 2.5, unit: '×' }),
          check(`CPU for a message near its rate, of the ${other}'s`, cpuRatio(other), { atMost: 0.5, unit: '×' }),
        ]),
    };
  },
};

function each<Made>(make: (name: Name) => Made): Record<Name, Made> {
  // All names are there, which is what the type says.
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Made>;
}
