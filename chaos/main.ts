// `npm run chaos -- --seed N --minutes M`: the whole system under faults, and what the checker says of it.
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackends } from './backends.ts';
import { atMost } from './checks/violation.ts';
import { proveChecker } from './mutants/prove.ts';
import { oneRun } from './one-run.ts';
import { readOptions, USAGE } from './options.ts';
import { asText, report } from './report.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    say(USAGE);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'baton-chaos-'));
  // Each child process has a listener of its own, which ends it with us.
  process.setMaxListeners(100);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const backends = await startBackends(folder);
  try {
    if (options.mutants !== undefined) {
      const survivors = await proveChecker({ backends, folder, only: options.mutants, seed: options.seed, say });
      return survivors === 0 ? 0 : 1;
    }
    const runs = [];
    for (let index = 0; index < options.runs; index++) {
      const seed = options.seed + index;
      say(`seed ${seed}, ${options.seconds} s`);
      runs.push(await oneRun({ ...options, seed, backends, folder, say }));
    }
    const made = report(runs.map((one) => ({ ...one, violations: atMost(one.violations) })));
    say(asText(made));
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(made, null, 2)}\n`);
    return made.violations.length === 0 ? 0 : 1;
  } finally {
    await backends.stop();
  }
}

process.exit(await main());
