import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildTarget } from '@baton/design/floor';
import { missingInScript } from '@baton/testkit/floor';
import { build } from 'vite';
import { expect, it } from 'vitest';

const LIMIT = 15 * 1024;

/** What a page has to load of us, made as a page's own build makes it; `socket.io-client` is not counted. */
async function bundle(): Promise<{ code: string; modules: string[] }> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: fileURLToPath(new URL('..', import.meta.url)),
    build: {
      write: false,
      target: buildTarget,
      minify: true,
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'client' },
      rolldownOptions: { external: ['socket.io-client'] },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  const chunks = output.output.filter((part) => part.type === 'chunk');
  return { code: chunks.map(({ code }) => code).join('\n'), modules: chunks.flatMap(({ moduleIds }) => moduleIds) };
}

it('is small, and brings no schemas', async () => {
  const { code, modules } = await bundle();
  const size = gzipSync(code).length;
  process.stdout.write(`@baton/client is ${size} bytes, gzipped, without socket.io-client (limit ${LIMIT})\n`);
  expect(size).toBeLessThan(LIMIT);
  expect(modules.filter((path) => !/\/(?:client\/src|contracts\/src\/arrival)\//.test(path))).toEqual([]);
  expect(code).not.toMatch(/zod|ZodError/i);
});

it('asks nothing of a browser that the oldest we serve lack', async () => {
  const { code } = await bundle();
  // A name of our own.
  expect(missingInScript(code).map(({ feature }) => feature)).toEqual(['.drop']);
});
