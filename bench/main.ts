// How fast Baton is, measured against a baseline and against what a user would pick instead.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measurements } from './measures/all.ts';
import type { Check, Outcome } from './measures/measure.ts';
import { startBackends } from './processes/backends.ts';
import { checksTable, resultsTable } from './statistics/table.ts';

const USAGE = `npm run bench -- [--only NAME[,NAME]] [--json FILE] [--profile] [--quick]
  ${measurements.map(({ name, title }) => `${name.padEnd(12)} ${title}`).join('\n  ')}
  --json     also leaves the results in FILE
  --profile  leaves a CPU profile of each service in bench-profiles/
  --quick    seconds instead of minutes; its results say that everything works, not how fast it is`;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  // Each process that is started is killed when this one exits; a signal is to be an exit as well.
  process.setMaxListeners(0);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  const { values } = parseArgs({
    // pnpm hands its own separator on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      only: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = values.only?.split(',') ?? measurements.map(({ name }) => name);
  const unknown = names.find((name) => !measurements.some((one) => one.name === name));
  if (values.help || unknown !== undefined) {
    say(unknown === undefined ? USAGE : `There is no measurement "${unknown}".\n${USAGE}`);
    return unknown === undefined ? 0 : 64;
  }
  const profileFolder = values.profile ? resolve('bench-profiles') : undefined;
  if (profileFolder) await mkdir(profileFolder, { recursive: true });

  const outcomes: Record<string, Outcome> = {};
  const checks: Check[] = [];
  for (const { name, title, run } of measurements.filter((one) => names.includes(one.name))) {
    say(`\n## ${name}: ${title}`);
    const backends = await startBackends();
    try {
      const outcome = await run({ backends, quick: values.quick, profileFolder, say: (line) => say(`   ${line}`) });
      outcomes[name] = outcome;
      checks.push(...outcome.checks);
      say(`\n${resultsTable(outcome.results)}`);
    } finally {
      await backends.stop();
    }
  }
  if (checks.length > 0) say(`\n${checksTable(checks)}`);
  if (values.json) {
    const machine = {
      platform: process.platform,
      arch: process.arch,
      cores: availableParallelism(),
      node: process.version,
    };
    await writeFile(
      values.json,
      `${JSON.stringify({ at: new Date(), quick: values.quick, machine, outcomes }, null, 2)}\n`,
    );
  }
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
