import { fileURLToPath } from 'node:url';
import { buildTarget } from '@baton/design/floor';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the gateway listens when the pages are served by Vite, for working on them. */
const gateway = process.env.BATON_URL ?? 'http://127.0.0.1:3001';

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false })],
  // Pages stand at the root of a site, or below any path of it: whatever they load is named from where they are.
  base: './',
  build: {
    target: buildTarget,
    // Everything is a file of its own: the pages' policy allows no inline script, style or data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { agent: here('agent.html'), admin: here('admin.html') } },
  },
  server: { proxy: { '/socket.io': { target: gateway, ws: true } } },
});
