// `npm run abuse`: what a good customer notices of what others do, in the whole system with the limits it comes with.
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CpuSeconds, cpuOf } from '@baton/bench/cpu';
import { startBackends } from '../world/backends.ts';
import { compileAhead } from '../world/world.ts';
import { addressesOf, type Done, type Kind, kinds, type Order } from './attacks.ts';
import { type GoodPeople, type Heard, startGoodPeople } from './good-people.ts';
import { type System, startSystem } from './system.ts';
import { judge, milliseconds, passes, type Row, table, targetOf, together, wordOf } from './verdict.ts';

const USAGE = `npm run abuse -- [options]
  --short       a few seconds of each attack instead of half a minute
  --only TEXT   only attacks whose names contain it, as in 'flood'; may be given several times`;
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
/** A few late messages may be the machine's fault: a bad result is measured again for longer, up to this often. */
const LOOKS = 3;
const LONG_CHAT_MB = 40;
const STOPPED = ['baton_floods_cut_total', 'baton_connections_refused_total', 'baton_slow_clients_cut_total'] as const;

/** An attacker at work. */
interface Attacker {
  pid: number;
  stop(): Promise<Done>;
}

async function startAttacker(order: Order): Promise<Attacker> {
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
    pid: attacker.pid ?? 0,
    async stop() {
      attacker.send('stop');
      await ended;
      process.removeListener('exit', endWithUs);
      if (done === undefined) throw new Error(`the attacker of "${order.kind}" did not say what it did`);
      return done;
    },
  };
}

/** Where the attacks of the controls go: see `sink.ts`. */
async function startSink(): Promise<{ url: string; stop(): void }> {
  const sink = fork(fileURLToPath(new URL('sink.ts', import.meta.url)));
  const { port } = await new Promise<AddressInfo>((resolve) =>
    sink.once('message', (told) => resolve(told as AddressInfo)),
  );
  return { url: `http://127.0.0.1:${port}`, stop: () => void sink.kill() };
}

interface Arena {
  system: System;
  good: GoodPeople;
  times: Times;
  sink: string;
  longChat: Order['longChat'];
}

/** What good customers notice without an attack, and the processor time that the system takes. */
async function inCalm({ system, good, times }: Arena): Promise<{ heard: Heard; cpu: Row['cpu'] }> {
  const processes = await system.processes();
  const { result: heard, cpu } = await cpuOf(processes, () => good.measure(times.calmSeconds));
  return { heard, cpu: shares(cpu, times.calmSeconds) };
}

/** What good customers notice during one attack. `calm` is what they have noticed without one, so far. */
async function attack(kind: Kind, arena: Arena, calm: Heard): Promise<Row> {
  const { system, good, times, longChat } = arena;
  const order = { kind, addresses: addressesOf(kind), longChat };
  const stopped = async () => {
    const counts = await Promise.all(STOPPED.map((name) => system.metric(name)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const againstSink = await startAttacker({ ...order, url: arena.sink });
  const control = await good.measure(times.attackSeconds);
  await againstSink.stop();
  await pause(times.settleMs);

  const before = await stopped();
  await system.modelFor(kind);
  const attacker = await startAttacker({ ...order, url: system.url });
  const processes = [...(await system.processes()), { name: 'attackers', pid: attacker.pid }];
  let during: Heard = { latencies: [], lost: 0 };
  let looks = 0;
  const { cpu } = await cpuOf(processes, async () => {
    do {
      during = together(during, await good.measure(times.attackSeconds));
    } while (++looks < LOOKS && !passes(judge({ during, control }, calm)));
  });
  const done = await attacker.stop();
  await system.modelFor(undefined);
  const share = shares(cpu, looks * times.attackSeconds);
  return { kind, during, control, attacker: done, cpu: share, stopped: (await stopped()) - before };
}

/** Processor seconds in each second. */
function shares({ attackers = 0, ...parts }: CpuSeconds, seconds: number): Row['cpu'] {
  const system = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { system: system / seconds, gateway: (parts.gateway ?? 0) / seconds, attackers: attackers / seconds };
}

async function runAttacks(system: System, attacks: readonly Kind[], times: Times) {
  const good = await startGoodPeople(system.url);
  const longChat = await system.longChat(LONG_CHAT_MB);
  const sink = await startSink();
  const arena = { system, good, times, longChat, sink: sink.url };
  // Everything is compiled and warm from here on.
  await good.measure(times.calmSeconds);
  const rows: Row[] = [];
  let calm: Heard = { latencies: [], lost: 0 };
  const calmCpu: Row['cpu'][] = [];
  for (const kind of attacks) {
    const before = await inCalm(arena);
    calm = together(calm, before.heard);
    calmCpu.push(before.cpu);
    const row = await attack(kind, arena, calm);
    const verdict = judge(row, calm);
    const [p99, calmP99, controlP99] = [verdict.p99, verdict.calmP99, verdict.controlP99].map(milliseconds);
    say(`${kind}: p99 ${p99}, calm ${calmP99}, control ${controlP99}, ${wordOf(verdict)}`);
    rows.push(row);
    await pause(times.settleMs);
  }
  good.close();
  sink.stop();
  const mean = (of: (cpu: Row['cpu']) => number) => calmCpu.reduce((sum, one) => sum + of(one), 0) / calmCpu.length;
  const cpu = { system: mean((one) => one.system), gateway: mean((one) => one.gateway), attackers: 0 };
  return { rows, calm, cpu };
}

async function main(): Promise<number> {
  let chosen: { short?: boolean | undefined; only?: string[] | undefined };
  try {
    chosen = parseArgs({ options: { short: { type: 'boolean' }, only: { type: 'string', multiple: true } } }).values;
  } catch {
    say(USAGE);
    return 2;
  }
  const { only = [''] } = chosen;
  const attacks = kinds.filter((kind) => only.some((part) => kind.includes(part)));
  if (attacks.length === 0) {
    say(`No attack contains ${only.join(' or ')}. There are: ${kinds.join(', ')}.`);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'baton-abuse-'));
  process.setMaxListeners(1_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const backends = await startBackends(join(folder, 'servers'));
  try {
    await compileAhead(join(folder, 'compiled'));
    const system = await startSystem(backends);
    const { rows, calm, cpu } = await runAttacks(system, attacks, chosen.short ? SHORT : LONG);
    const ended = system.ended();
    await system.stop();
    say(`\n${table(rows, calm, cpu)}\n`);
    say(targetOf(calm));
    say(`One process of each service on ${availableParallelism()} processors; times are of good customers' messages.`);
    for (const name of ended) say(`${name} ended by itself`);
    const passed = rows.filter((row) => passes(judge(row, calm))).length;
    const failed = rows.length - passed + ended.length;
    say(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await backends.stop();
  }
}

process.exit(await main());
