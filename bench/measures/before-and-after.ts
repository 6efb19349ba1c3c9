import { highestRates, type Run, startConversations, totalOf } from '../load/conversations.ts';
import { type Baton, startBaton } from '../processes/baton.ts';
import { median, spread } from '../statistics/quantiles.ts';
import { alternate } from '../statistics/rounds.ts';
import { type Bench, type Outcome, type Result, withUnit } from './measure.ts';

type Side = 'before' | 'after';
type Sides<Value> = Record<Side, Value>;

const LOW_LOAD = 50;
/** A rate that both can bear on any machine: what a message costs depends on the rate. */
const COMMON_RATE = 2_400;

/**
 * The message path of another checkout (`before`) and of this one, in turn, in one run on one set of servers. Two runs
 * of one program, minutes apart, differ by more than most changes do; rounds in turn show what a change really did.
 * The load comes from this checkout for both, since the wire is frozen.
 */
export async function beforeAndAfter(bench: Bench, before: string, sizes: readonly number[]): Promise<Outcome> {
  const results: Result[] = [];
  for (const sockets of sizes) results.push(...(await compareWith(bench, before, sockets)));
  return { results, checks: [] };
}

async function compareWith(bench: Bench, before: string, sockets: number): Promise<Result[]> {
  const { backends, quick, say } = bench;
  const start = (side: Side, root?: string) =>
    startBaton({ backends, root, name: `${side}_${sockets}`, gateways: 2, profileFolder: bench.profileFolder });
  const batons: Sides<Baton> = { before: await start('before', before), after: await start('after') };
  const connect = ({ gateways: urls, processes }: Baton) => startConversations({ urls, sockets, processes });
  say(`connecting ${sockets} sockets to each`);
  const load = { before: await connect(batons.before), after: await connect(batons.after) };
  const inTurn = <Value>(rounds: number, measure: (side: Side) => Promise<Value>): Promise<Sides<Value[]>> =>
    alternate(
      { warmUp: 1, counted: quick ? 1 : rounds },
      { before: () => measure('before'), after: () => measure('after') },
    );
  const offer = (perSecond: number) => (side: Side) => load[side].offer(perSecond, quick ? 2 : 6);

  // Code that has run a few hundred times only is not yet compiled.
  await inTurn(1, offer(COMMON_RATE / 2));
  say(`${LOW_LOAD}/s`);
  const low = await inTurn(6, offer(LOW_LOAD));
  say(`${COMMON_RATE}/s`);
  const common = await inTurn(6, offer(COMMON_RATE));
  say('highest rates');
  const search = { from: 1_600, seconds: quick ? 2 : 3, precision: quick ? 0.4 : 0.1 };
  const highest = await inTurn(quick ? 1 : 2, (side) => highestRates(load[side], search));
  for (const side of ['after', 'before'] as const) {
    await load[side].stop();
    await batons[side].stop();
  }

  const compare = <Value>(
    what: string,
    unit: Result['unit'],
    runs: Sides<Value[]>,
    number: (one: Value) => number,
  ): Result => {
    const value = median(runs.after.map(number));
    const earlier = median(runs.before.map(number));
    const note = `before ${withUnit(earlier, unit)}: ${(value / earlier).toFixed(3)} ×`;
    return { what: `${sockets} sockets: ${what}`, value, unit, note };
  };
  const acknowledged = (run: Run) => spread(run.acknowledged);
  return [
    compare(`acknowledgement at ${LOW_LOAD}/s`, 'ms', low, (run) => acknowledged(run).median),
    compare('its p99', 'ms', low, (run) => acknowledged(run).p99),
    compare(`acknowledgement at ${COMMON_RATE}/s`, 'ms', common, (run) => acknowledged(run).median),
    compare('its p99', 'ms', common, (run) => acknowledged(run).p99),
    compare(`CPU for a message at ${COMMON_RATE}/s`, 'µs', common, (run) => totalOf(run.cpuMicros)),
    ...Object.keys(common.after[0]?.cpuMicros ?? {}).map((name) =>
      compare(`of it ${name}`, 'µs', common, (run) => run.cpuMicros[name] ?? Number.NaN),
    ),
    compare('rate at p99 ≤ 100 ms', '/s', highest, (one) => one.within100),
    compare('rate sustained', '/s', highest, (one) => one.sustained),
  ];
}
