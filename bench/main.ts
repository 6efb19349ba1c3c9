// How fast Baton is, measured against a baseline and against what a user would pick instead.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measurements } from './measures/all.ts';
import { beforeAndAfter } from './measures/before-and-after.ts';
import type { Check, Measurement, Outcome } from './measures/measure.ts';
import { startBackends } from './processes/backends.ts';
import { keep, lastKept } from './statistics/history.ts';
import { checksTable, resultsTable } from './statistics/table.ts';

const USAGE = `npm run bench -- [--only NAME[,NAME]] [--json FILE] [--keep] [--profile] [--quick]
npm run bench -- --before FOLDER [--sockets 50,5000] [--json FILE] [--profile] [--quick]
  ${measurements.map(({ name, title }) => `${name.padEnd(12)} ${title}`).join('\n  ')}
  --before   the message path of another checkout, whose packages are installed, and of this one, in turn
  --json     also leaves the results in FILE
  --keep     adds the results to bench/history, with which later runs are compared
  --profile  leaves a CPU profile of each service in bench-profiles/
  --quick    seconds instead of minutes; its results say that everything works, not how fast it is`;

const HISTORY = join(import.meta.dirname, 'history');

/** Another checkout and this one, as a measurement. `sockets`: how many, separated by commas. */
const comparison = (folder: string, sockets: string): Measurement => ({
  name: 'message',
  title: `customer → agent, durable: ${folder}, then this checkout, in turn`,
  run: (bench) => beforeAndAfter(bench, folder, sockets.split(',').map(Number)),
});

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
      before: { type: 'string' },
      sockets: { type: 'string', default: '50,5000' },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const all = values.before === undefined ? measurements : [comparison(resolve(values.before), values.sockets)];
  const names = values.only?.split(',') ?? all.map(({ name }) => name);
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (values.keep && (values.quick || values.before !== undefined)) {
    say('Neither a quick run nor a comparison is worth keeping.');
    return 64;
  }
  if (values.help || unknown !== undefined) {
    say(unknown === undefined ? USAGE : `There is no measurement "${unknown}".\n${USAGE}`);
    return unknown === undefined ? 0 : 64;
  }
  const profileFolder = values.profile ? resolve('bench-profiles') : undefined;
  if (profileFolder) await mkdir(profileFolder, { recursive: true });

  const outcomes: Record<string, Outcome> = {};
  const checks: Check[] = [];
  for (const { name, title, run } of all.filter((one) => names.includes(one.name))) {
    say(`\n## ${name}: ${title}`);
    const backends = await startBackends();
    try {
      const outcome = await run({ backends, quick: values.quick, profileFolder, say: (line) => say(`   ${line}`) });
      outcomes[name] = outcome;
      checks.push(...outcome.checks);
      say(
        `\n${resultsTable(outcome.results, values.before === undefined ? await lastKept(HISTORY, name) : undefined)}`,
      );
    } finally {
      await backends.stop();
    }
  }
  if (checks.length > 0) say(`\n${checksTable(checks)}`);
  const { platform, arch, version: node } = process;
  const machine = { platform, arch, cores: availableParallelism(), node };
  const at = new Date().toISOString();
  if (values.json)
    await writeFile(values.json, `${JSON.stringify({ at, quick: values.quick, machine, outcomes }, null, 2)}\n`);
  if (values.keep) {
    const results = Object.fromEntries(Object.entries(outcomes).map(([name, { results }]) => [name, results]));
    say(`\nkept in ${await keep(HISTORY, { at, machine, results })}`);
  }
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
