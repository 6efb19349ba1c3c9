import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { documents, SNAPSHOT_PATH } from './documents/documents.ts';
import { adviceFor, compareWire, describeChanges, isRaised } from './wire/wire-diff.ts';
import type { WireSnapshot } from './wire/wire-snapshot.ts';

const HELP = `Makes wire.snapshot.json, docs/asyncapi.yaml, docs/api.md and docs/permissions.md from the contracts.

  pnpm contracts:generate                writes them
  pnpm contracts:generate --unreleased   also when the wire breaks under its old version, which nobody has installed yet
  pnpm contracts:check                   writes nothing; says which are stale, and exits with 1 when one is
`;

const root = join(import.meta.dirname, '../../..');
const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, unreleased: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

const read = (path: string): string | undefined => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
};

const wanted = documents();
const stale = [...wanted].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const frozenText = read(SNAPSHOT_PATH);
// Both were written by this program; the file's own test says when it was edited by hand.
const frozen = frozenText === undefined ? undefined : (JSON.parse(frozenText) as WireSnapshot);
const current = JSON.parse(wanted.get(SNAPSHOT_PATH) ?? '') as WireSnapshot;
const changes = frozen === undefined ? [] : compareWire(frozen, current);

process.exitCode = options.help ? help() : options.check ? check() : write();

function help(): number {
  process.stdout.write(HELP);
  return 0;
}

function check(): number {
  if (stale.length === 0) return say(0, `${[...wanted.keys()].join(', ')} are current.`);
  const details =
    frozen !== undefined && changes.length > 0
      ? [describeChanges(changes), adviceFor(changes, frozen, current)]
      : ['If the change is meant: pnpm contracts:generate'];
  return say(1, [...stale.map((path) => `stale: ${path}`), ...details].join('\n'));
}

function write(): number {
  if (frozen !== undefined && changes.length > 0) process.stdout.write(`${describeChanges(changes)}\n`);
  const breaks = changes.some(({ severity }) => severity === 'breaking');
  if (breaks && frozen !== undefined && !isRaised(frozen, current) && !options.unreleased)
    return say(1, `\nNothing was written. ${adviceFor(changes, frozen, current)}`);
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), wanted.get(path) ?? '');
  }
  return say(0, stale.length === 0 ? 'Everything was current.' : stale.map((path) => `wrote ${path}`).join('\n'));
}

function say(code: number, text: string): number {
  (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  return code;
}
