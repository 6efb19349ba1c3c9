import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../project.ts';

const dockerfile = readFileSync(join(ROOT, 'infra/docker/Dockerfile'), 'utf8');
const copied = new Set([...dockerfile.matchAll(/^COPY (\S+) /gm)].map(([, path]) => path));

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}
const folderOf = (name: string) =>
  ['packages', 'services', 'apps', 'infra']
    .map((kind) => `${kind}/${name}`)
    .find((path) => existsSync(join(ROOT, path)));
const ours = (needed: Record<string, string> = {}) =>
  Object.keys(needed).flatMap((name) => (name.startsWith('@baton/') ? [name.slice('@baton/'.length)] : []));
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;

/** The folders of a package of ours, and of those that it runs with. */
function closure(name: string, seen = new Set<string>()): Set<string> {
  const folder = folderOf(name);
  if (folder === undefined) throw new Error(`there is no package ${name}`);
  if (seen.has(folder)) return seen;
  seen.add(folder);
  for (const one of ours(manifestOf(folder).dependencies)) closure(one, seen);
  return seen;
}
const copies = (folder: string) =>
  [folder, `${folder}/src`, folder.split('/')[0] ?? ''].some((path) => copied.has(path));

const services = readdirSync(join(ROOT, 'services'));
it.each([...services, 'offline-model', 'web-chat', 'agent-console', 'schema-engine'])(
  'has all that %s is made of',
  (name) => {
    const folders = [...closure(name)];
    expect(folders.filter((folder) => !copied.has(`${folder}/package.json`))).toEqual([]);
    expect(folders.filter((folder) => !copies(folder))).toEqual([]);
  },
);

it('has the manifest of each package that the lockfile would else miss a link to', () => {
  const linked = [...copied].flatMap((path) => {
    const folder = /^(.*)\/package\.json$/.exec(path ?? '')?.[1];
    if (folder === undefined) return [];
    const { dependencies, devDependencies } = manifestOf(folder);
    return ours({ ...dependencies, ...devDependencies });
  });
  expect(linked.length).toBeGreaterThan(10);
  const manifests = linked.map((name) => `${folderOf(name)}/package.json`);
  expect(manifests.filter((path) => !copied.has(path))).toEqual([]);
});

it('installs what each service and the offline model run with', () => {
  for (const name of [...services, 'offline-model']) expect(dockerfile).toContain(`--filter-prod @baton/${name}...`);
});
