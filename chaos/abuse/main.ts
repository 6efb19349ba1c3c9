// `npm run abuse`: what a good customer notices of what others do, in the whole system with the limits it comes with.
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBackends } from '../world/backends.ts';
import { compileAhead } from '../world/world.ts';
import { addressesOf, type Done, type Kind, kinds, type Order } from './attacks.ts';
import { type GoodPeople, type Heard, seatGoodPeople } from './good-people.ts';
import { type System, startSystem } from './system.ts';
import { judge, milliseconds, type Row, table, together, wordOf } from './verdict.ts';

const USAGE = `npm run abuse -- [options]
  --short       a few seconds of each attack instead of half a minute
  --only TEXT   only attacks that contain it, as in 'flood'`;
const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Times {
  /** Before each attack. */
  calmSeconds: number;
  attackSeconds: number;
  /** For what is still under way to end. */
  settleMs: number;
}
const LONG: Times = { calmSeconds: 15, attackSeconds: 30, settleMs: 5_000 };
const SHORT: Times = { calmSeconds: 2, attackSeconds: 3, settleMs: 1_000 };
/** A few messages that this machine delivered late say nothing yet: what looks bad is looked at for longer, up to so often. */
const LOOKS = 3;
const LONG_CHAT_MB = 40;
const STOPPED = ['baton_floods_cut_total', 'baton_connections_refused_total', 'baton_slow_clients_cut_total'] as const;

/** An attacker at work. */
async function startAttacker(order: Order): Promise<{ stop(): Promise<Done> }> {
  const attacker = fork(fileURLToPath(new URL('attacker.ts', import.meta.url)), [JSON.stringify(order)]);
  const endWithUs = () => attacker.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = new Promise<void>((resolve) => attacker.once('exit', () => resolve()));
  let done: Done | undefined;
  await new Promise<void>((resolve, reject) => {
    attacker.on('message', (message) => {
      if (message === 'ready') resolve();
      else done = message as Done;
    });
    void ended.then(() => reject(new Error(`the attacker of "${order.kind}" ended before it began`)));
  });
  return {
    async stop() {
      attacker.send('stop');
      await ended;
      process.removeListener('exit', endWithUs);
      if (done === undefined) throw new Error(`the attacker of "${order.kind}" did not say what it did`);
      return done;
    },
  };
}

/** What good people hear during one attack. `calm` is what they heard without, so far. */
async function attack(
  kind: Kind,
  options: { system: System; good: GoodPeople; times: Times; longChat: Order['longChat']; calm: Heard },
): Promise<Row> {
  const { system, good, times, longChat, calm } = options;
  const stopped = async () => {
    const figures = await Promise.all(STOPPED.map((name) => system.metric(name)));
    return figures.reduce((sum, figure) => sum + figure, 0);
  };
  const before = await stopped();
  await system.modelFor(kind);
  const attacker = await startAttacker({ kind, url: system.url, addresses: addressesOf(kind), longChat });
  let during: Heard = { latencies: [], lost: 0 };
  for (let look = 0; look < LOOKS && (look === 0 || !judge(during, calm).tolerated); look++)
    during = together(during, await good.measure(times.attackSeconds));
  const done = await attacker.stop();
  await system.modelFor(undefined);
  return { kind, during, attacker: done, stopped: (await stopped()) - before };
}

async function runAttacks(
  system: System,
  attacks: readonly Kind[],
  times: Times,
): Promise<{ rows: Row[]; calm: Heard }> {
  const good = await seatGoodPeople(system.url);
  const longChat = await system.longChat(LONG_CHAT_MB);
  // Everything is compiled and warm from here on.
  await good.measure(times.calmSeconds);
  const rows: Row[] = [];
  let calm: Heard = { latencies: [], lost: 0 };
  for (const kind of attacks) {
    calm = together(calm, await good.measure(times.calmSeconds));
    const row = await attack(kind, { system, good, times, longChat, calm });
    const verdict = judge(row.during, calm);
    say(`${kind}: p99 ${milliseconds(verdict.p99)}, calm ${milliseconds(verdict.calmP99)}, ${wordOf(verdict)}`);
    rows.push(row);
    await pause(times.settleMs);
  }
  good.close();
  return { rows, calm };
}

async function main(): Promise<number> {
  let chosen: { short?: boolean | undefined; only?: string | undefined };
  try {
    chosen = parseArgs({ options: { short: { type: 'boolean' }, only: { type: 'string' } } }).values;
  } catch {
    say(USAGE);
    return 2;
  }
  const attacks = kinds.filter((kind) => kind.includes(chosen.only ?? ''));
  const folder = await mkdtemp(join(tmpdir(), 'baton-abuse-'));
  process.setMaxListeners(1_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const backends = await startBackends(join(folder, 'servers'));
  try {
    await compileAhead(join(folder, 'compiled'));
    const system = await startSystem(backends);
    const { rows, calm } = await runAttacks(system, attacks, chosen.short ? SHORT : LONG);
    const ended = system.ended();
    await system.stop();
    say(`\n${table(rows, calm)}\n`);
    say(`One process of each service on ${availableParallelism()} processors; times are of good customers' messages.`);
    for (const name of ended) say(`${name} ended by itself`);
    const passed = rows.filter(({ during }) => judge(during, calm).tolerated).length;
    const failed = rows.length - passed + ended.length;
    say(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await backends.stop();
  }
}

process.exit(await main());
