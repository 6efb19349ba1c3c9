import { fileURLToPath } from 'node:url';
import { buildTarget } from '@baton/design/floor';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the gateway listens when the pages are served by Vite, for working on them. */
const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:3001';

/** The two pages: `/` and the widget's frame. The widget's script is built apart: see tools/build.ts. */
export default defineConfig({
  plugins: [preact()],
  // Pages stand at the root of a site, or below any path of it: whatever they load is named from where they are.
  base: './',
  build: {
    target: buildTarget,
    // Nothing is inlined: the pages' content security policy allows no inline script, and no data: but pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: here('index.html'), widget: here('widget.html') } },
  },
  server: {
    // `pnpm dev` beside a running gateway.
    proxy: { '/socket.io': { target: gateway, ws: true }, '/api': gateway },
  },
});
