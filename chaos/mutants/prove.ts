import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { planned } from '../faults/inject.ts';
import { run } from '../runs/run.ts';
import { type Grounds, someAtOnce } from '../runs/server-pool.ts';
import type { Backends } from '../world/backends.ts';
import { startWorld } from '../world/world.ts';
import type { SeededBug } from './seeded-bug.ts';
import { seededBugs } from './seeded-bugs.ts';

const HOOK = pathToFileURL(join(import.meta.dirname, 'hook.mjs')).toString();
/** Shorter than in a usual run, as each bug has a run of its own. */
const TIMES = { graceMs: 1_500, deadlineMs: 3_000 };
const SECONDS = 6;
const PACE_MS = 60;

/**
 * Proves the checker: each seeded bug in a short run of its own that is made to show it. Without any bug, the same runs
 * must show nothing: that is what all other runs are for.
 */
export async function proveChecker(options: {
  grounds: Grounds;
  folder: string;
  /** Names, or parts of them; all when there is none. */
  only: readonly string[];
  atOnce: number;
  seed: number;
  say: (line: string) => void;
}): Promise<{ passed: number; failed: number }> {
  const { only, say, grounds } = options;
  const chosen = seededBugs.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  const survivors: string[] = [];
  await someAtOnce([...chosen.entries()], options.atOnce, async ([index, bug]) => {
    const inPlace = (backends: Backends) => brokenBy(bug, { ...options, backends, index });
    const found = await grounds.use(false, inPlace).catch((error: unknown) => {
      say(`        (no run: ${error instanceof Error ? error.message.split('\n')[0] : error})`);
      return new Set<string>();
    });
    const caught = bug.breaks.filter((rule) => found.has(rule));
    const others = [...found].filter((rule) => !caught.includes(rule));
    const also = others.length > 0 ? ` (also ${others.join(', ')})` : '';
    if (caught.length === 0) survivors.push(bug.name);
    say(
      `${caught.length > 0 ? 'caught ' : 'MISSED '} ${bug.name}: ${caught.join(', ') || `not ${bug.breaks.join(', ')}`}${also}`,
    );
  });
  say(`${chosen.length - survivors.length} of ${chosen.length} seeded bugs were caught, seed ${options.seed}`);
  return { passed: chosen.length - survivors.length, failed: survivors.length };
}

/** The promises that a run with this bug is found to have broken. */
async function brokenBy(
  bug: SeededBug,
  { backends, folder, seed, index }: { backends: Backends; folder: string; seed: number; index: number },
): Promise<Set<string>> {
  const file = join(folder, `seeded-bug-${index}.json`);
  await writeFile(file, JSON.stringify(bug.patches));
  const autoAssign = bug.autoAssign ?? false;
  const env = { ...bug.env, NODE_OPTIONS: `--import=${HOOK}`, BATON_SEEDED_BUG: file };
  const world = await startWorld({ backends, count: 2, autoAssign, times: TIMES, env });
  try {
    const { violations } = await run({
      world,
      seed,
      harm: planned({ faults: bug.faults ?? [], forMs: (bug.seconds ?? SECONDS) * 1_000, seed }),
      customers: bug.customers ?? 10,
      agents: bug.agents ?? 3,
      capacity: bug.capacity ?? 3,
      paceMs: bug.paceMs ?? PACE_MS,
      autoAssign,
      ...(bug.habits && { habits: bug.habits }),
    });
    return new Set(violations.map(({ rule }) => rule));
  } finally {
    await world.stop();
  }
}
