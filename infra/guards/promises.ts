/**
 * Keeps the list of proofs in docs/promises.md: which tests cite which promise.
 * `--check` writes nothing and fails when the list is stale, when a test cites a promise that does not exist, or when a
 * promise that should be proved by now has no test.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(dirname(import.meta.dirname));
const file = join(root, 'docs/promises.md');
const marker = '<!-- proofs -->';

/** Promises whose proof is work still to come; each leaves this list with its first test. */
const unproved = new Set(['S4']);

const text = readFileSync(file, 'utf8');
const promised = [...text.matchAll(/^- \*\*([A-Z]\d+)\b/gm)].map((match) => match[1] ?? '');

const tests = globSync('{packages,services,apps,infra,e2e,chaos,bench}/**/*.test.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
}).sort();

const proofs = new Map<string, string[]>(promised.map((promise) => [promise, []]));
const problems: string[] = [];
for (const test of tests) {
  const titles = readFileSync(join(root, test), 'utf8').matchAll(/\[([MCQASO]\d+(?:, ?[MCQASO]\d+)*)\]/g);
  const cited = new Set([...titles].flatMap((match) => (match[1] ?? '').split(/, ?/)));
  for (const promise of cited) {
    const list = proofs.get(promise);
    if (list === undefined) problems.push(`${test} cites ${promise}, which docs/promises.md does not have`);
    else list.push(test);
  }
}
for (const [promise, list] of proofs) {
  if (list.length === 0 && !unproved.has(promise)) problems.push(`no test cites ${promise}`);
}

const rows = [...proofs].map(
  ([promise, list]) => `| ${promise} | ${list.map((test) => `\`${test}\``).join('<br>') || '—'} |`,
);
const wanted = `${text.slice(0, text.indexOf(marker))}${marker}\n| promise | tests |\n|---|---|\n${rows.join('\n')}\n`;

if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (wanted !== text) problems.push('the list of proofs in docs/promises.md is stale: run `pnpm promises`');

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
