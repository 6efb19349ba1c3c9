import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { codeBlocks, ROOT } from '../documents/code-blocks.ts';

/** Makes the package that is published, into a folder of its own; gives where it is. */
export async function packClient(): Promise<{ tarball: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-pack-'));
  const packed = await execa('pnpm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(ROOT, 'packages/client'),
  });
  // What the build says stands before it.
  const { filename } = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('{'))) as { filename: string };
  return { tarball: filename, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The version of a tool that this package is tested with. */
const versionOf = async (name: string): Promise<string> => {
  const path = createRequire(import.meta.url)
    .resolve(name)
    .replace(new RegExp(`(/node_modules/${name}/).*`), '$1');
  const { version } = JSON.parse(await readFile(`${path}package.json`, 'utf8')) as { version: string };
  return version;
};

export interface FreshProject {
  folder: string;
  write: (files: Record<string, string>) => Promise<void>;
  /** Runs a program of its own dependencies. */
  run: (program: string, args: readonly string[]) => Promise<string>;
  remove: () => Promise<void>;
}

/** A project that knows nothing of this one: the package from its tarball, and the tools that it asks for. */
export async function freshProject(tarball: string, tools: readonly string[] = []): Promise<FreshProject> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-fresh-'));
  const versions = await Promise.all(tools.map(async (name) => [name, await versionOf(name)] as const));
  const write = async (files: Record<string, string>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  };
  await write({
    'package.json': JSON.stringify({
      name: 'fresh',
      private: true,
      type: 'module',
      dependencies: { '@baton/client': `file:${tarball}` },
      devDependencies: Object.fromEntries(versions),
    }),
    // pnpm asks to be told of each script that a dependency would run at its installation.
    'pnpm-workspace.yaml': 'packages: []\nallowBuilds:\n  esbuild: false\n',
  });
  await execa('pnpm', ['install', '--prefer-offline'], { cwd: folder, all: true });
  return {
    folder,
    write,
    async run(program, args) {
      const { all } = await execa(join(folder, 'node_modules/.bin', program), args, { cwd: folder, all: true });
      return all;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The lines that the README gives, for a gateway at this address. */
export function snippetOfReadme(url: string): string {
  const block = codeBlocks().find(
    ({ document, language, text }) => document === 'README.md' && language === 'ts' && text.includes('@baton/client'),
  );
  if (block === undefined) throw new Error('the README has no lines for the SDK');
  const text = block.text.replace('http://localhost:3001', url);
  if (text === block.text) throw new Error('the lines of the README name no address that can be replaced');
  return text;
}

/** A Node of this major version: the machine's own, or else the one that npm serves as a package. */
export async function nodeOf(major: number): Promise<string> {
  const folders = ['/usr/local/bin', '/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  for (const folder of folders) {
    const path = join(folder, 'node');
    const found = await access(path).then(
      () => execa(path, ['--version'], { reject: false }),
      () => undefined,
    );
    if (found?.stdout?.startsWith(`v${major}.`)) return path;
  }
  const home = await mkdtemp(join(tmpdir(), 'baton-node-'));
  await writeFile(join(home, 'package.json'), '{"private":true}');
  await execa('npm', ['install', '--no-audit', '--no-fund', `node@${major}`], { cwd: home });
  return join(home, 'node_modules/node/bin/node');
}
