import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEcho } from '../baseline/start-baseline.ts';
import { totalOf } from '../load/conversations.ts';
import { startDriver } from '../load/driver.ts';
import type { Connect, Listened } from '../load/protocol.ts';
import { startBaton } from '../processes/baton.ts';
import { cpuOf, residentBytes } from '../processes/cpu.ts';
import { letWait } from '../processes/let-wait.ts';
import { alternate, medianOf } from '../statistics/rounds.ts';
import { type Bench, check, type Measurement, type Result } from './measure.ts';

const AGENTS = 500;
const WAITING = 10_000;
const collecting = ['--expose-gc', '--import', fileURLToPath(new URL('../processes/gc-on-signal.ts', import.meta.url))];

/** What sockets cost that do nothing, and what telling all agents about a long queue costs. */
export const connections: Measurement = {
  name: 'connections',
  title: 'idle sockets beside a bare Socket.IO server; queue updates for 500 agents',
  async run(bench) {
    const idle = await idleSockets(bench);
    return { results: [...idle.results, ...(await queueUpdates(bench))], checks: idle.checks };
  },
};

interface Idle {
  bytes: number;
  perSecond: number;
  cpuMicrosPerSecond: number;
}

interface Server {
  pid: number;
  url: string;
  stop(): Promise<void>;
}

async function idleSockets(bench: Bench) {
  const { backends, quick, say } = bench;
  const count = quick ? 500 : 4_000;
  let started = 0;
  const gateway = async (): Promise<Server> => {
    const baton = await startBaton({ backends, name: `connections_${started++}`, gatewayFlags: collecting });
    const service = baton.services.find(({ name }) => name === 'gateway');
    if (service === undefined) throw new Error('no gateway');
    return { pid: service.pid, url: service.url, stop: () => baton.stop() };
  };
  const bare = () => startEcho(backends, { nodeFlags: collecting });
  const measure = (start: () => Promise<Server>, as: Connect['as']) => () =>
    idle(start, { count, as, seconds: quick ? 1 : 5 });
  say(`${count} sockets`);
  const results = await alternate(
    { warmUp: 0, counted: quick ? 1 : 3 },
    {
      bare: measure(bare, 'nobody'),
      gateway: measure(gateway, 'nobody'),
    },
  );
  const customers = await measure(gateway, 'customer')();
  const of = (name: 'bare' | 'gateway', key: keyof Idle) => medianOf(results[name], (one) => one[key]);
  const rows = (['bare', 'gateway'] as const).flatMap((name): Result[] => [
    { what: `${name}: memory of an idle socket`, value: of(name, 'bytes') / 1_024, unit: 'kB' },
    { what: `${name}: connects`, value: of(name, 'perSecond'), unit: '/s' },
    { what: `${name}: CPU of an idle socket`, value: of(name, 'cpuMicrosPerSecond'), unit: 'µs', note: 'a second' },
  ]);
  rows.push({ what: 'gateway: memory of a customer with a chat', value: customers.bytes / 1_024, unit: 'kB' });
  return {
    results: rows,
    checks: [
      check("memory of an idle socket, of a bare server's", of('gateway', 'bytes') / of('bare', 'bytes'), {
        atMost: 1.3,
        unit: '×',
      }),
    ],
  };
}

/** A new server each time, since one that had many sockets keeps the memory for the next. */
async function idle(
  start: () => Promise<Server>,
  options: { count: number; as: Connect['as']; seconds: number },
): Promise<Idle> {
  const { count, as, seconds } = options;
  const server = await start();
  const { pid, url } = server;
  const driver = startDriver('crowd.ts');
  const settledBytes = async () => {
    for (let times = 0; times < 3; times++) {
      process.kill(pid, 'SIGUSR2');
      await pause(300);
    }
    return residentBytes(pid);
  };
  // What the first sockets bring with them, the code above all, is not theirs.
  await driver.order({ kind: 'connect', url, count: count / 20, as });
  const before = await settledBytes();
  const { perSecond } = await driver.order({ kind: 'connect', url, count, as });
  const bytes = ((await settledBytes()) - before) / count;
  const { cpu } = await cpuOf([{ name: 'server', pid }], () => pause(seconds * 1_000));
  await driver.stop();
  await server.stop();
  return { bytes, perSecond, cpuMicrosPerSecond: (totalOf(cpu) / count / seconds) * 1e6 };
}

/** Agents on one gateway, a long queue, and customers who keep coming. */
async function queueUpdates(bench: Bench): Promise<Result[]> {
  const { backends, quick, say, profileFolder } = bench;
  const baton = await startBaton({ backends, name: 'queue_updates', profileFolder });
  const agents = quick ? 50 : AGENTS;
  const waiting = quick ? 1_000 : WAITING;
  await letWait(baton.databaseUrl, 'waiting', waiting);
  const driver = startDriver('crowd.ts');
  await driver.order({ kind: 'connect', url: baton.gateways[0], count: agents, as: 'agent' });
  const gateway = baton.services.filter(({ name }) => name === 'gateway');
  say(`${agents} agents, ${waiting} waiting`);
  // The queue service finds those who wait by comparing.
  await pause(quick ? 6_000 : 15_000);
  const seconds = quick ? 3 : 10;
  const quiet: { result: Listened; cpu: Record<string, number> } = await cpuOf(gateway, () =>
    driver.order({ kind: 'listen', seconds }),
  );
  const busy: { result: Listened; cpu: Record<string, number> } = await cpuOf(gateway, async () => {
    const listened: Promise<Listened> = driver.order({ kind: 'listen', seconds });
    for (let second = 0; second < seconds; second++) {
      await letWait(baton.databaseUrl, `coming-${second}`, 1);
      await pause(900);
    }
    return listened;
  });
  await driver.stop();
  await baton.stop();
  const gatewayCpu = (cpu: Record<string, number>) => (totalOf(cpu) / seconds) * 100;
  const perAgent = (listened: Listened) => listened.updates / agents / seconds;
  return [
    { what: 'queue updates to each agent, nothing happening', value: perAgent(quiet.result), unit: '/s' },
    { what: 'queue updates to each agent, one customer more a second', value: perAgent(busy.result), unit: '/s' },
    {
      what: 'one queue update',
      value: busy.result.bytes / Math.max(1, busy.result.updates) / 1_024,
      unit: 'kB',
      note: 'the first 50 and how many there are',
    },
    { what: 'share of a core that the gateway takes for it', value: gatewayCpu(busy.cpu), unit: '%' },
  ];
}
