import { startBaseline } from '../baseline/start-baseline.ts';
import { highestRates, type Run, startConversations, totalOf } from '../load/conversations.ts';
import type { BaselineLoad } from '../load/protocol.ts';
import { startBaton } from '../processes/baton.ts';
import { median, spread } from '../statistics/quantiles.ts';
import { alternate } from '../statistics/rounds.ts';
import { type Bench, check, type Measurement, type Outcome, type Result } from './measure.ts';

const LOW_LOAD = 50;
const SIZES = [50, 500, 5_000];
/** A rate that each of them can bear, to compare what a message costs: with more of them more fits into one batch. */
const COMMON_RATE = 2_400;

/** A customer's message into the hands of an agent at another gateway, kept before it is acknowledged. */
export const message: Measurement = {
  name: 'message',
  title: 'customer → agent, durable, through two gateways',
  async run(bench) {
    const low = await latencyAtLowLoad(bench);
    const results: Result[] = [];
    for (const sockets of bench.quick ? SIZES.slice(0, 2) : SIZES) results.push(...(await ratesWith(bench, sockets)));
    return { results: [...low.results, ...results], checks: low.checks };
  },
};

async function latencyAtLowLoad(bench: Bench): Promise<Outcome> {
  const { backends, quick, profileFolder } = bench;
  const baton = await startBaton({ backends, name: 'message_low', gateways: 2, profileFolder });
  const baseline = await startBaseline(backends);
  const conversations = await startConversations({ urls: baton.gateways, sockets: 50, processes: baton.processes });
  const seconds = quick ? 2 : 8;
  // Code that has run a few hundred times only is not yet compiled, on either side.
  await baseline.measure(200, seconds);
  await conversations.offer(400, seconds);
  const rounds = await alternate<'baseline' | 'ours', BaselineLoad | Run>(
    { warmUp: 1, counted: quick ? 2 : 5 },
    { baseline: () => baseline.measure(LOW_LOAD, seconds), ours: () => conversations.offer(LOW_LOAD, seconds) },
  );
  await conversations.stop();
  await baseline.stop();
  await baton.stop();
  // Each contestant gives its own kind.
  const ours = rounds.ours as Run[];
  const path = spread((rounds.baseline as BaselineLoad[]).flatMap((one) => one.path));
  const acknowledged = spread(ours.flatMap((one) => one.acknowledged));
  const delivered = spread(ours.flatMap((one) => one.delivered));
  return {
    results: [
      {
        what: 'baseline: echo, request and commit',
        value: path.median,
        p99: path.p99,
        unit: 'ms',
        note: `${LOW_LOAD}/s`,
      },
      {
        what: 'send to acknowledgement',
        value: acknowledged.median,
        p99: acknowledged.p99,
        unit: 'ms',
        note: `${LOW_LOAD}/s`,
      },
      {
        what: "send to the agent's screen",
        value: delivered.median,
        p99: delivered.p99,
        unit: 'ms',
        note: `${LOW_LOAD}/s`,
      },
    ],
    checks: [
      check('send to acknowledgement, of its baseline', acknowledged.median / path.median, { atMost: 1.6, unit: '×' }),
      check("its p99, of the baseline's p99", acknowledged.p99 / path.p99, { atMost: 3, unit: '×' }),
    ],
  };
}

async function ratesWith(bench: Bench, sockets: number): Promise<Result[]> {
  const { backends, quick, profileFolder } = bench;
  bench.say(`connecting ${sockets} sockets`);
  const baton = await startBaton({ backends, name: `message_${sockets}`, gateways: 2, profileFolder });
  const conversations = await startConversations({ urls: baton.gateways, sockets, processes: baton.processes });
  await conversations.offer(400, quick ? 2 : 6);
  const rates: { sustained: number; within100: number }[] = [];
  const options = { from: 1_600, seconds: quick ? 2 : 3, precision: quick ? 0.4 : 0.1 };
  for (let round = 0; round < (quick || sockets > 50 ? 1 : 2); round++)
    rates.push(await highestRates(conversations, options));
  const within100 = median(rates.map((one) => one.within100));
  const atLoad = await conversations.offer(within100 * 0.8, quick ? 2 : 8);
  const atCommonRate = await conversations.offer(COMMON_RATE, quick ? 2 : 8);
  await conversations.stop();
  await baton.stop();
  const own = `at ${(within100 * 0.8).toFixed(0)}/s`;
  const cpu = Object.entries(atLoad.cpuMicros).map(([name, micros]) => `${name} ${micros.toFixed(0)}`);
  const ack = spread(atLoad.acknowledged);
  return [
    { what: `${sockets} sockets: rate at p99 ≤ 100 ms`, value: within100, unit: '/s' },
    { what: `${sockets} sockets: rate sustained`, value: median(rates.map((one) => one.sustained)), unit: '/s' },
    {
      what: `${sockets} sockets: send to acknowledgement`,
      value: ack.median,
      p99: ack.p99,
      unit: 'ms',
      note: own,
    },
    {
      what: `${sockets} sockets: CPU for a message`,
      value: totalOf(atLoad.cpuMicros),
      unit: 'µs',
      note: `${own}: ${cpu.join(', ')}`,
    },
    {
      what: `${sockets} sockets: CPU for a message`,
      value: totalOf(atCommonRate.cpuMicros),
      unit: 'µs',
      note: `at ${COMMON_RATE}/s`,
    },
  ];
}
