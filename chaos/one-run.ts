import type { Backends } from './backends.ts';
import type { Violation } from './checks/violation.ts';
import { faultKinds } from './faults.ts';
import type { History, Ledger } from './history.ts';
import { random } from './random.ts';
import { run } from './run.ts';
import { plan } from './schedule.ts';
import { startWorld, type World } from './world.ts';

/** Faults under way at the same time, and the mean time between two. */
const AT_ONCE = 2;
const EVERY_MS = 2_500;

/** A world of its own, a run in it with the faults that the seed plans, and its end. */
export async function oneRun(options: {
  backends: Backends;
  folder: string;
  seed: number;
  seconds: number;
  count: number;
  customers: number;
  agents: number;
  /** Only faults whose `kind × target` contains this. */
  only?: string;
  say: (line: string) => void;
}): Promise<{ seed: number; seconds: number; history: History; ledger: Ledger; violations: Violation[] }> {
  const { backends, folder, seed, seconds, say } = options;
  const forMs = seconds * 1_000;
  const autoAssign = seed % 3 === 0;
  const world = await startWorld({ backends, folder, count: options.count, autoAssign });
  try {
    const faults = plan({
      random: random(seed, 'plan'),
      forMs,
      atOnce: AT_ONCE,
      everyMs: options.only ? EVERY_MS / 4 : EVERY_MS,
      kinds: chosenKinds(options.only ?? ''),
    });
    const { customers, agents } = options;
    const result = await run({
      world,
      seed,
      faults,
      forMs,
      customers,
      agents,
      capacity: 5,
      paceMs: 120,
      autoAssign,
      say,
    });
    if (result.violations.length > 0) for (const line of faultsLogged(world)) say(`        ${line}`);
    return { seed, seconds, ...result };
  } finally {
    await world.stop();
  }
}

function chosenKinds(only: string): typeof faultKinds {
  return Object.fromEntries(
    Object.entries(faultKinds).flatMap(([kind, fault]) => {
      const targets = fault.targets.filter((target) => `${kind} × ${target}`.includes(only));
      return targets.length === 0 ? [] : [[kind, { ...fault, targets }]];
    }),
  );
}

/** pino's level of an error. */
const ERROR = /"level":(50|60)/;
const MOST_LINES = 30;

/** What the services themselves took for a fault of theirs, for whoever looks into a violation. */
function faultsLogged(world: World): string[] {
  return [...world.members.map(({ process }) => process), world.model]
    .flatMap(({ name, log }) =>
      log.filter((line) => ERROR.test(line) || !line.startsWith('{')).map((line) => `${name}: ${line}`),
    )
    .slice(0, MOST_LINES);
}
