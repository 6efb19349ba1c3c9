/**
 * Uses of words that docs/glossary.md bans. By itself it lists them: `node infra/guards/banned-words.ts
 * services/queue`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { banned, onTheWire, plainWords } from './glossary.ts';

const root = join(import.meta.dirname, '../..');

/** Written by machines or frozen, or lists the banned terms. Texts of docs/api.md and its like come from contracts. */
const NOT_READ =
  /^docs\/(glossary\.md|api\.md|asyncapi\.yaml)$|^pnpm-lock|\.(webp|png|woff2)$|\/generated\/|\/migrations\/|snapshot|^infra\/guards\/(texts|words|banned-words|glossary)(\.test)?\.ts$/;
const CODE = /\.(ts|tsx|mts|mjs)$/;
const PAGES = /^(apps|packages\/design)\//;

/** Uses that are right, by file: a pattern, and why. */
const ALLOWED: [file: RegExp, use: RegExp, why: string][] = [
  [/^(apps|packages\/design)\/.*\.(css|tsx?)$/, /stretch|flex basis/, 'values and properties of CSS'],
  [/^infra\/schema-engine\//, /hint/, 'a field of an error of Postgres'],
  [/^packages\/contracts\//, /attendance/, 'the name of a channel'],
  [/^packages\/contracts\/tools\//, /hints?\b/, 'a section of the frozen snapshot'],
  [/^knip\.json$/, /config hints/, 'a setting of knip'],
  [/^apps\/agent-console\/stage\//, /standing desk/, 'what a customer has bought'],
  [/^packages\/client\//, /baton\.desk/, 'a key in browsers: a new one would sign agents out at an update'],
  [/^apps\/web-chat\/src\/i18n\//, /event operator closed/, 'made from a cause of the wire'],
];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\<>]/g, '\\$&');
/**
 * A subject or metric is itself anywhere; a plain word of the wire only as a field or value: `.owed`, `owed:`, 'owed'.
 */
const wireName = (name: string) =>
  /^[a-z]+$/.test(name)
    ? new RegExp(`(?<=[.{,'"\`] ?)${name}\\b|\\b${name}(?=\\??[:'"\`},])`, 'g')
    : new RegExp(`\\b${escaped(name)}(?![\\w])`, 'g');
const wire = onTheWire.map(wireName);
const withoutWire = (text: string) => wire.reduce((rest, name) => rest.replace(name, ' '), text);

function identifiersIn(file: string, source: string): string {
  const names = new Set<string>();
  const note = ({ name }: { name: unknown }) => void (typeof name === 'string' && names.add(name));
  new Visitor({ Identifier: note, JSXIdentifier: note }).visit(parseSync(file, source).program);
  const isOnTheWire = (name: string) =>
    onTheWire.some((one) => name === one || (one.includes('_') && name.includes(one)));
  return [...names].filter((name) => !isOnTheWire(name)).join(' ; ');
}

export function bannedIn(file: string, source: string): string[] {
  const all = plainWords(`${file} ; ${withoutWire(source)}`);
  let names: string | undefined;
  return banned.flatMap(({ term, scope, word, pattern }) => {
    if (scope === 'not on pages' && PAGES.test(file)) return [];
    if (scope === 'name') names ??= plainWords(`${file} ; ${CODE.test(file) ? identifiersIn(file, source) : ''}`);
    const text = scope === 'name' ? (names ?? '') : all;
    return [...text.matchAll(pattern)]
      .map(({ index }) => text.slice(Math.max(0, index - 40), index + term.length + 40))
      .filter((use) => !ALLOWED.some(([where, allowed]) => where.test(file) && allowed.test(use)))
      .map((use) => `${file}: “…${use}…”: not “${term}” but “${word}”`);
  });
}

const folderOf = (file: string) => {
  const parts = file.split('/');
  return /^(services|packages|apps|infra)$/.test(parts[0] ?? '') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
};

/** Every use in files of the repository whose paths begin so, by folder. */
export function usesIn(under = ''): Map<string, string[]> {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  }).split('\n');
  const uses = new Map<string, string[]>();
  for (const file of files) {
    if (file === '' || !file.startsWith(under) || NOT_READ.test(file) || !existsSync(join(root, file))) continue;
    const found = bannedIn(file, readFileSync(join(root, file), 'utf8'));
    uses.set(folderOf(file), [...(uses.get(folderOf(file)) ?? []), ...found]);
  }
  return uses;
}

if (import.meta.main) {
  for (const [folder, found] of usesIn(process.argv[2])) {
    if (found.length > 0)
      process.stdout.write(`${folder}: ${found.length}\n${found.map((use) => `  ${use}\n`).join('')}`);
  }
}
