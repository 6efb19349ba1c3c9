import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createPages } from './pages.ts';

const apps = await mkdtemp(join(tmpdir(), 'baton-pages-'));
afterAll(() => rm(apps, { recursive: true }));
const write = async (path: string, text: string) => {
  await mkdir(join(apps, path, '..'), { recursive: true });
  await writeFile(join(apps, path), text);
};
const script = 'console.log("a");\n'.repeat(200);
await write('web-chat/dist/index.html', '<title>chat</title>');
await write('web-chat/dist/widget.html', '<title>frame</title>');
await write('web-chat/dist/widget.js', script);
await write('web-chat/dist/assets/a-12345678.js', script);
await write('web-chat/dist/favicon.svg', '<svg/>');
await write('web-chat/secret.txt', 'secret');
await write('web-chat/dist/source.ts', 'secret');
await symlink(join(apps, 'web-chat/secret.txt'), join(apps, 'web-chat/dist/link.txt'));

const pages = createPages({ apps, frameAncestors: undefined });
const policyOf = async (path: string, of = pages) =>
  (await of(path, {}))?.headers?.['content-security-policy'] ?? 'no policy';

describe('the built pages', () => {
  it('are served by their paths, strictly', async () => {
    const page = await pages('/', {});
    expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(String(page?.body)).toContain('chat');
    expect(page?.headers?.['cache-control']).toBe('no-cache');
    const policy = await policyOf('/');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('may stand in a frame only where they are the widget', async () => {
    expect(await policyOf('/widget')).toContain('frame-ancestors *;');
    expect((await pages('/widget', {}))?.headers?.['x-frame-options']).toBe('');
    const known = createPages({ apps, frameAncestors: ['https://shop.example'] });
    expect(await policyOf('/widget', known)).toContain("frame-ancestors 'self' https://shop.example;");
    expect(await policyOf('/', known)).toContain("frame-ancestors 'none'");
  });

  it('let files that are named for their content be kept for ever, others not', async () => {
    expect((await pages('/assets/a-12345678.js', {}))?.headers?.['cache-control']).toContain('immutable');
    expect((await pages('/widget.js', {}))?.headers).toMatchObject({ 'cross-origin-resource-policy': 'cross-origin' });
    const first = await pages('/', {});
    const again = await pages('/', { 'if-none-match': first?.headers?.etag });
    expect(again).toMatchObject({ status: 304 });
    expect(again?.body).toBeUndefined();
  });

  it('are compressed as the browser takes them', async () => {
    const path = '/assets/a-12345678.js';
    const body = async (accepted?: string) =>
      (await pages(path, accepted === undefined ? {} : { 'accept-encoding': accepted }))?.body as Buffer;
    expect(brotliDecompressSync(await body('gzip, deflate, br;q=0.9')).toString()).toBe(script);
    expect(gunzipSync(await body('gzip, br;q=0')).toString()).toBe(script);
    expect((await body()).toString()).toBe(script);
    expect((await pages('/favicon.svg', { 'accept-encoding': 'br' }))?.headers?.['content-encoding']).toBeUndefined();
  });

  it('[S2] are all there is: no path leads out of their folders', async () => {
    const outside = [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..\\..\\secret.txt',
      '//etc/passwd',
      '/link.txt',
      '/source.ts',
      '/index.html',
      '/assets',
      '/assets/',
      '/__proto__',
      '/\0',
    ];
    for (const path of outside) expect(await pages(path, {}), path).toBeUndefined();
  });

  it('say how to build them while they are not built, and are there once they are', async () => {
    const missing = await pages('/agent', {});
    expect(missing?.status).toBe(503);
    expect(String(missing?.body)).toContain('pnpm build');
    const none = createPages({ apps: join(apps, 'nowhere'), frameAncestors: undefined });
    expect(await none('/', {})).toMatchObject({ status: 200 });

    await write('agent-console/dist/agent.html', '<title>agents</title>');
    await expect.poll(async () => (await pages('/agent', {}))?.status, { timeout: 3_000 }).toBe(200);
    await write('agent-console/dist/agent.html', '<title>agents, anew</title>');
    await expect.poll(async () => String((await pages('/agent', {}))?.body), { timeout: 3_000 }).toContain('anew');
  });
});
