import type { Violation } from '../checks/violation.ts';
import { DISK_FULL, faultKinds } from '../faults/fault-kinds.ts';
import { planned } from '../faults/inject.ts';
import { random } from '../faults/random.ts';
import { plan } from '../faults/schedule.ts';
import type { History, Ledger } from '../history/history.ts';
import type { Backends } from '../world/backends.ts';
import { startWorld, type World } from '../world/world.ts';
import { run } from './run.ts';
import type { Grounds } from './server-pool.ts';

/** Faults under way at the same time. */
const AT_ONCE = 2;

interface RunSpec {
  seed: number;
  seconds: number;
  everyMs: number;
  paceMs: number;
  count: number;
  customers: number;
  agents: number;
  /** Only faults whose `kind × target` contains this. */
  only?: string;
  say: (line: string) => void;
}

export interface Finished {
  seed: number;
  seconds: number;
  history: History;
  ledger: Ledger;
  violations: Violation[];
}

/** A world of its own, a run in it with the faults that the seed plans, and its end. */
export function oneRun(options: RunSpec & { grounds: Grounds }): Promise<Finished> {
  // With a disk in memory for one seed of three: it can become full, but has no flush that takes its time.
  const smallDisk = options.only ? options.only.includes(DISK_FULL) : options.seed % 3 === 2;
  return options.grounds.use(smallDisk, (backends) => runOn(backends, options));
}

async function runOn(backends: Backends, options: RunSpec): Promise<Finished> {
  const { seed, seconds, say } = options;
  const forMs = seconds * 1_000;
  const autoAssign = seed % 3 === 0;
  const world = await startWorld({ backends, count: options.count, autoAssign });
  try {
    const faults = plan({
      random: random(seed, 'plan'),
      forMs,
      atOnce: AT_ONCE,
      everyMs: options.only ? options.everyMs / 4 : options.everyMs,
      kinds: chosenKinds(options.only ?? '', backends.disk !== undefined),
    });
    const { customers, agents, paceMs } = options;
    const harm = planned({ faults, forMs, seed, say });
    const result = await run({ world, seed, harm, customers, agents, capacity: 5, paceMs, autoAssign, say });
    if (result.violations.length > 0) for (const line of faultsLogged(world)) say(`        ${line}`);
    return { seed, seconds, ...result };
  } finally {
    await world.stop();
  }
}

function chosenKinds(only: string, withDisk: boolean): typeof faultKinds {
  return Object.fromEntries(
    Object.entries(faultKinds).flatMap(([kind, fault]) => {
      if (kind === DISK_FULL && !withDisk) return [];
      const targets = fault.targets.filter((target) => `${kind} × ${target}`.includes(only));
      return targets.length === 0 ? [] : [[kind, { ...fault, targets }]];
    }),
  );
}

const ERROR = /"level":"(error|fatal)"/;
const MOST_LINES = 40;
/** Two lines of a log with the same key are the same complaint. */
const complaintOf = (line: string) =>
  line.replace(/"(time|traceId|sessionId|socketId|instance|pid|hostname)":("[^"]*"|\d+),?/g, '');

/** The errors that the services logged, each once, to explain a violation. */
function faultsLogged(world: World): string[] {
  const complaints = new Map<string, { line: string; times: number }>();
  for (const { name, log } of [...world.members.map(({ process }) => process), world.model])
    for (const line of log.filter((one) => ERROR.test(one) || !one.startsWith('{'))) {
      const key = complaintOf(line);
      const known = complaints.get(key);
      if (known) known.times++;
      else complaints.set(key, { line: `${name}: ${line}`, times: 1 });
    }
  return [...complaints.values()].slice(0, MOST_LINES).map(({ line, times }) => `${times} × ${line}`);
}
