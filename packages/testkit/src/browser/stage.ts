import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { build } from 'vite';
import { type StaticServer, startStaticServer } from './static-server.ts';

/** As the gateway serves its pages. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/**
 * An app's stage: its `stage/stage.html`, which shows the app in states named in the address with no server behind it,
 * built as the pages are built and served under their content security policy.
 *
 * @param app the app's folder, with the slash at its end
 */
export async function serveStage(app: URL): Promise<StaticServer> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-stage-'));
  await build({
    root: fileURLToPath(new URL('stage', app)),
    configFile: false,
    logLevel: 'warn',
    publicDir: '../public',
    plugins: [preact({ devToolsEnabled: false })],
    build: {
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: fileURLToPath(new URL('stage/stage.html', app)) },
    },
  });
  const server = await startStaticServer({ folder, headers: { 'content-security-policy': POLICY } });
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
