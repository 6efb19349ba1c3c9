// The floor plan: small folders that say what is inside, small files, and tests beside what they test.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/**
 * More than this cannot be taken in at a glance. Style sheets are not counted: each belongs to a component beside it.
 */
const FILES_IN_A_FOLDER = 12;
const LINES_IN_A_FILE = 300;
const COLUMNS_OF_A_COMMENT = 120;

/** What a service's `src` may hold. A new feature gets a folder of its own, here first. */
const FEATURES: Record<string, readonly string[]> = {
  gateway: ['connections', 'sending', 'delivery', 'customers', 'agents', 'supervisors', 'access', 'http', 'platform'],
  session: ['sessions', 'log', 'control', 'agents', 'turns', 'notes', 'ratings', 'statistics', 'budgets', 'platform'],
  workspace: ['accounts', 'logins', 'providers', 'roles', 'keys', 'revocations', 'audit', 'platform'],
  queue: ['queue', 'claims', 'positions', 'presence', 'assignments', 'abandonment', 'cluster', 'platform'],
  ai: ['turns', 'model', 'context', 'handoff', 'tools', 'knowledge', 'admission', 'platform'],
};

/** Texts in tables, states of the pages for tests, generated lists: long, and read by looking up. */
const CATALOGUES = /\/stage\/|\/words\/|\/i18n\/|snapshot|\/generated\/|\/chaos\/mutants\//;
/** A line of a comment; one that holds an address may be as long as that. */
const COMMENT = /^\s*(?:\/\/|\/?\*|--) (?!.*:\/\/)/;
const isSource = (file: string) => /\.(ts|tsx|mts|mjs|lua|css)$/.test(file) && !/\/migrations\//.test(file);
const isTest = (file: string) => /\.test\.tsx?$/.test(file);
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => isSource(file) && existsSync(join(root, file)));

function* breaches(): Generator<[file: string, breach: string]> {
  const folders = new Map<string, number>();
  for (const file of files) {
    const folder = dirname(file);
    if (!isTest(file) && !file.endsWith('.css')) folders.set(folder, (folders.get(folder) ?? 0) + 1);
    if (isTest(file) && basename(folder) === 'test') yield [file, 'a test that is not beside its source'];
    const feature = /^services\/(\w+)\/src\/([^/]+)\//.exec(file);
    const [, service = '', name = ''] = feature ?? [];
    if (feature && name !== 'test' && FEATURES[service]?.includes(name) !== true)
      yield [file, `no folder of services/${service}`];
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    const wide = lines.findIndex((line) => COMMENT.test(line) && [...line].length > COLUMNS_OF_A_COMMENT);
    if (wide >= 0) yield [file, `line ${wide + 1}: a comment above ${COLUMNS_OF_A_COMMENT} columns`];
    if (isTest(file) || CATALOGUES.test(file)) continue;
    if (lines.length - 1 > LINES_IN_A_FILE) yield [file, `${lines.length - 1} lines`];
  }
  for (const [folder, count] of folders) {
    if (count > FILES_IN_A_FOLDER) yield [`${folder}/`, `${count} files in one folder`];
  }
}

const areaOf = (file: string) => /^(?:services|packages|apps|infra)\/[^/]+|^[^/]+/.exec(file)?.[0] ?? file;
const found = new Map<string, string[]>(files.map((file) => [areaOf(file), []]));
for (const [file, breach] of breaches()) found.get(areaOf(file))?.push(`${file}: ${breach}`);

describe('small folders and files, and tests beside their source, in', () => {
  it.each([...found])('%s', (_, list) => {
    expect(list).toEqual([]);
  });
});
