import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSystem, until } from '@baton/testkit';
import { launchBrowser, openPage, startStaticServer } from '@baton/testkit/browser';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { ROOT } from '../documents/code-blocks.ts';
import { freshProject, nodeOf, packClient, snippetOfReadme } from './fresh-project.ts';

// Pages of other sites talk to this gateway.
const system = await startSystem();
const url = system.urls[0] ?? '';
const snippet = snippetOfReadme(url);
const { tarball, remove } = await packClient();
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await remove();
});

const PAGE = (script: string) =>
  `<!doctype html><html lang="en"><head><title>Fresh</title></head><body><script type="module" src="${script}"></script></body></html>`;

/** What the lines of the README print on a page of this folder: what was said, and the bot's answer. */
async function heardOn(stack: AsyncDisposableStack, folder: string, page: string): Promise<string[]> {
  const site = await startStaticServer({ folder, texts: { '/': page } });
  stack.defer(site.close);
  const opened = await openPage(browser);
  stack.defer(opened.close);
  const heard: string[] = [];
  opened.page.on('console', (message) => heard.push(message.text()));
  await opened.page.goto(site.url);
  await until(() => hasChatted(heard), { within: 30_000 });
  expect(opened.complaints).toEqual([]);
  return heard;
}
/** Said, and answered. */
const hasChatted = (heard: readonly string[]): boolean => {
  const lines = heard.map((line) => line.trim()).filter((line) => line !== '' && line !== 'undefined');
  return lines[0] === 'Hello!' && lines.some((line) => line !== 'Hello!');
};

it('chats in Node 20, with nothing else installed', async () => {
  await using stack = new AsyncDisposableStack();
  const project = await freshProject(tarball);
  stack.defer(project.remove);
  await project.write({ 'chat.mjs': snippet });
  const chat = execa(await nodeOf(20), ['chat.mjs'], { cwd: project.folder, reject: false });
  stack.defer(() => void chat.kill());
  const heard: string[] = [];
  chat.stdout.on('data', (data) => heard.push(...String(data).split('\n').filter(Boolean)));
  let trouble = '';
  chat.stderr.on('data', (data) => {
    trouble += String(data);
  });
  await until(() => hasChatted(heard), { within: 30_000 });
  expect(trouble).toBe('');
});

it('has types of its own, which the strictest compiler takes, with and without the types of Node', async () => {
  await using stack = new AsyncDisposableStack();
  const project = await freshProject(tarball);
  stack.defer(project.remove);
  const check = async (options: object) => {
    await project.write({
      'main.ts': `${snippet}
import type { Transport } from '@baton/client';
export const name: string | null | undefined = chat.state.session?.agentName;
export const ask = (transport: Transport) => transport.request('customer:end_chat', { sessionId: 'x' }, 1_000);
export const never = async (transport: Transport) => {
  const reply = await ask(transport);
  if (reply.ok) return reply.value.session.status satisfies 'bot' | 'waiting' | 'agent' | 'closed';
  return reply.code;
};
// @ts-expect-error there is no such event
export const wrong = (transport: Transport) => transport.request('customer:dance', {}, 1_000);
`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          target: 'es2022',
          lib: ['es2022', 'dom'],
          types: [],
          ...options,
        },
        files: ['main.ts'],
      }),
    });
    const compiler = join(ROOT, 'node_modules/.bin/tsc');
    const { all } = await execa(compiler, ['-p', '.', '--pretty', 'false'], {
      cwd: project.folder,
      all: true,
      reject: false,
    });
    return all;
  };
  expect(await check({ module: 'esnext', moduleResolution: 'bundler', skipLibCheck: false })).toBe('');
  expect(await check({ module: 'nodenext', moduleResolution: 'nodenext', skipLibCheck: false })).toBe('');
});

it('chats on a page that Vite has built', async () => {
  await using stack = new AsyncDisposableStack();
  const project = await freshProject(tarball, ['vite']);
  stack.defer(project.remove);
  await project.write({ 'index.html': PAGE('/main.ts'), 'main.ts': snippet });
  await project.run('vite', ['build', '--base', './']);
  const page = await readFile(join(project.folder, 'dist/index.html'), 'utf8');
  await heardOn(stack, join(project.folder, 'dist'), page);
});

it('chats on a page that esbuild has bundled', async () => {
  await using stack = new AsyncDisposableStack();
  const project = await freshProject(tarball, ['esbuild']);
  stack.defer(project.remove);
  await project.write({ 'main.ts': snippet });
  await project.run('esbuild', [
    'main.ts',
    '--bundle',
    '--format=esm',
    '--target=chrome109,firefox115,safari15.6',
    '--outfile=dist/main.js',
  ]);
  await heardOn(stack, join(project.folder, 'dist'), PAGE('/main.js'));
});
