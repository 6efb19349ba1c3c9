// `npm test`: every check and test, one after the other, also after a failure; the last line counts them.
// With arguments (`npm test -- queue`) only the tests run, filtered by them as vitest does.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stopRequest } from '../processes/stop-request.ts';
import { ROOT } from '../project.ts';
import { say, show, warn } from '../screen/screen.ts';
import { add, type Tally, tallyOf, type VitestReport } from '../screen/tally.ts';

/** What is checked before the tests: a title, and the script of package.json. */
const checks = [
  ['lint', 'lint'],
  ['types', 'type-check'],
  ['dependency rules', 'depcruise'],
  ['dead code', 'knip'],
  ['generated documents', 'contracts:check'],
  ['promises and their proofs', 'promises:check'],
] as const;

const stop = stopRequest();
const filters = process.argv.slice(2);
/** Tests and checks see what the project gives them, not what `npm test` set for itself. */
const env = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

/** Runs one check; its output is shown when it fails. */
async function check(title: string, script: string): Promise<Tally> {
  say(`${title} (pnpm ${script})`);
  const begin = performance.now();
  const done = await execa('pnpm', ['run', script], { cwd: ROOT, env, all: true, reject: false, stdin: 'ignore' });
  const took = `${((performance.now() - begin) / 1_000).toFixed(1)} s`;
  if (!done.failed) {
    say(`${title}: good, ${took}`);
    return { passed: 1, failed: 0 };
  }
  show(done.all || (done.shortMessage ?? ''));
  warn(`${title}: FAILED, ${took}`);
  return { passed: 0, failed: 1 };
}

/** Runs vitest with its own output on the screen. */
async function tests(): Promise<Tally> {
  say(`tests (vitest run${filters.map((filter) => ` ${filter}`).join('')})`);
  const folder = await mkdtemp(join(tmpdir(), 'baton-report-'));
  const report = join(folder, 'report.json');
  try {
    const args = ['exec', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const done = await execa('pnpm', [...args, ...filters], { cwd: ROOT, env, stdio: 'inherit', reject: false });
    const text = await readFile(report, 'utf8').catch(() => undefined);
    if (text === undefined) {
      warn(`vitest made no report: ${done.shortMessage ?? 'it ended without one'}`);
      return { passed: 0, failed: 1 };
    }
    // Vitest's own output, of the version that is pinned here.
    const counted = JSON.parse(text) as VitestReport;
    if (counted.numPendingTests > 0) warn(`${counted.numPendingTests} tests were skipped`);
    return tallyOf(counted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let total: Tally = { passed: 0, failed: 0 };
for (const [title, script] of filters.length === 0 ? checks : []) {
  if (stop.signal() === undefined) total = add(total, await check(title, script));
}
if (stop.signal() === undefined) total = add(total, await tests());
if (stop.signal() !== undefined) warn('stopped before the end');
show(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || stop.signal() !== undefined ? 1 : 0;
