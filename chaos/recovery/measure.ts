import { writeFile } from 'node:fs/promises';
import { atMost, type Violation } from '../checks/violation.ts';
import { createRecorder } from '../history/recorder.ts';
import { run } from '../runs/run.ts';
import type { Grounds } from '../runs/server-pool.ts';
import type { Backends } from '../world/backends.ts';
import { startWorld, usualTimes } from '../world/world.ts';
import { recoveriesOfServers } from './of-servers.ts';
import { recoveriesOfServices } from './of-services.ts';
import { recoveriesOfTheQueue } from './of-the-queue.ts';
import type { Figure, Recovery } from './recovery.ts';

const recoveries: readonly Recovery[] = [...recoveriesOfServices, ...recoveriesOfServers, ...recoveriesOfTheQueue];

/** People who use the system evenly and stay, so that whatever happens to them was done to them. */
const customer = { end: 0.2, hop: 0, loseAnswer: 0, cancel: 0, askForHuman: 10 };
const agent = { pickUpNext: 30, toBot: 0, toColleague: 0, toQueue: 0.5, late: 0, stepAway: 0, vanish: 0, close: 0.5 };

interface Measured {
  name: string;
  results: Figure[];
  violations: Violation[];
}

/** Measures recoveries one after the other, each on a system of its own, and prints a table of targets and results. */
export async function measureRecoveries(options: {
  grounds: Grounds;
  /** Names, or parts of them; all when there is none. */
  only: readonly string[];
  seed: number;
  json: string | undefined;
  say: (line: string) => void;
}): Promise<{ passed: number; failed: number }> {
  const { grounds, only, seed, json, say } = options;
  const chosen = recoveries.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  const all: Measured[] = [];
  let failed = 0;
  for (const recovery of chosen) {
    say(recovery.name);
    try {
      const measured = await grounds.use(false, (backends) => measureOne(recovery, { backends, seed, say }));
      all.push(measured);
      if (measured.violations.length > 0 || measured.results.some((figure) => !isMet(figure))) failed++;
    } catch (error) {
      failed++;
      say(`        could not be measured: ${error instanceof Error ? error.message : error}`);
    }
  }
  for (const line of tableOf(all)) say(line);
  for (const { name, violations } of all)
    for (const { rule, says } of atMost(violations)) say(`  [${rule}] ${name}: ${says}`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(all, null, 2)}\n`);
  return { passed: chosen.length - failed, failed };
}

async function measureOne(
  recovery: Recovery,
  { backends, seed, say }: { backends: Backends; seed: number; say: (line: string) => void },
): Promise<Measured> {
  const { name, graceMs = usualTimes.graceMs } = recovery;
  const times = { ...usualTimes, graceMs };
  const world = await startWorld({ backends, count: 2, autoAssign: false, times });
  try {
    if (recovery.withoutPeople) {
      const results = await recovery.measure({ world, customers: [], agents: [] }, createRecorder());
      return { name, results, violations: [] };
    }
    let results: Figure[] = [];
    const { violations } = await run({
      world,
      seed,
      harm: async (scene, recorder) => {
        results = await recovery.measure(scene, recorder);
      },
      customers: recovery.customers ?? 20,
      agents: recovery.agents ?? 4,
      capacity: 5,
      paceMs: 150,
      autoAssign: false,
      habits: { customer, agent },
      say: (line) => say(`        ${line}`),
    });
    return { name, results, violations };
  } finally {
    await world.stop();
  }
}

const isMet = ({ value, atMost: most }: Figure) => value <= most;

function tableOf(all: readonly Measured[]): string[] {
  const shown = (value: number, unit: string) =>
    Number.isFinite(value) ? `${Math.round(value)}${unit && ` ${unit}`}` : 'not in time';
  const rows = all.flatMap(({ name, results, violations }) => [
    ...results.map(
      (figure) =>
        `| ${name} | ${figure.what} | ${shown(figure.atMost, figure.unit)} | ${shown(figure.value, figure.unit)} | ${isMet(figure) ? 'met' : 'MISSED'} |`,
    ),
    `| ${name} | promises broken | 0 | ${violations.length} | ${violations.length === 0 ? 'met' : 'MISSED'} |`,
  ]);
  return ['| fault | measured | at most | result | |', '|---|---|---:|---:|---|', ...rows];
}
