// `npm run chaos -- --seed N --minutes M`: the whole system under faults, and what the checker says of it.
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atMost } from './checks/violation.ts';
import { proveFlush } from './flush/prove.ts';
import { proveChecker } from './mutants/prove.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { measureRecoveries } from './recovery/measure.ts';
import { oneRun } from './runs/one-run.ts';
import { asText, report } from './runs/report.ts';
import { createGrounds, type Grounds, someAtOnce } from './runs/server-pool.ts';
import { compileAhead } from './world/world.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Tally {
  passed: number;
  failed: number;
}

async function runs(options: Options, grounds: Grounds): Promise<Tally> {
  const several = options.seeds.length > 1;
  const finished = await someAtOnce(options.seeds, options.atOnce, async (seed) => {
    say(`seed ${seed}, ${options.seconds} s`);
    const sayOf = (line: string) => say(several ? `${String(seed).padStart(6)}: ${line}` : line);
    return oneRun({ ...options, seed, grounds, say: sayOf }).catch((error: unknown) => {
      sayOf(`could not be run: ${error instanceof Error ? error.message : error}`);
    });
  });
  const done = finished.filter((one) => one !== undefined);
  const made = report(done.map((one) => ({ ...one, violations: atMost(one.violations) })));
  say(asText(made));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(made, null, 2)}\n`);
  const passed = done.filter(({ violations }) => violations.length === 0).length;
  return { passed, failed: options.seeds.length - passed };
}

function chosenMode(options: Options, folder: string, grounds: Grounds): Promise<Tally> {
  const { atOnce, mutants, recovery, json } = options;
  const [seed = 1] = options.seeds;
  if (mutants !== undefined) return proveChecker({ grounds, folder, only: mutants, atOnce, seed, say });
  if (recovery !== undefined) return measureRecoveries({ grounds, only: recovery, seed, json, say });
  if (options.flush) return proveFlush({ grounds, say });
  return runs(options, grounds);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    say(USAGE);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'baton-chaos-'));
  // Each child process has a listener of its own, which ends it with us.
  process.setMaxListeners(1_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const grounds = createGrounds(folder);
  try {
    await compileAhead(join(folder, 'compiled'));
    const tally = await chosenMode(options, folder, grounds);
    say(`${tally.passed} passed, ${tally.failed} failed`);
    return tally.failed === 0 ? 0 : 1;
  } finally {
    await grounds.stop();
  }
}

process.exit(await main());
