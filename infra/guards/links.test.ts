// What documents link to is there: files, headings, and paths in `code`.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const names = new Set(files.map((file) => basename(file)));
/** The lists of proofs and of the API are generated, and checked by their generators. */
const documents = files.filter((file) => file.endsWith('.md') && !/^docs\/(api|promises)\.md$/.test(file));

const read = (file: string) => readFileSync(join(root, file), 'utf8');
/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (file: string) =>
  [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

function brokenIn(document: string): string[] {
  const text = read(document);
  const near = (path: string) => normalize(join(dirname(document), path));
  const links = [...text.matchAll(/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([, path = '', anchor]) => {
    if (/^[a-z]+:/.test(path)) return [];
    const target = path === '' ? document : near(path);
    if (!existsSync(join(root, target))) return [path];
    const isHeading = anchor === undefined || !target.endsWith('.md') || anchorsIn(target).includes(anchor);
    return isHeading ? [] : [`${path}#${anchor}`];
  });
  const paths = [...text.matchAll(/`([\w./@-]+\.(?:ts|tsx|mjs|lua|md|sh|css|prisma))`/g)].flatMap(([, path = '']) => {
    const isThere = [path, near(path)].some((one) => existsSync(join(root, one)));
    return isThere || (!path.includes('/') && names.has(path)) ? [] : [path];
  });
  return [...links, ...paths];
}

it.each(documents)('%s', (document) => {
  expect(brokenIn(document)).toEqual([]);
});
