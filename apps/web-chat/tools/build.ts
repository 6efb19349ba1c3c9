// Builds the pages and the widget's script into dist/, and says how large they are.
import { fileURLToPath } from 'node:url';
import { buildTarget } from '@baton/design/floor';
import { build } from 'vite';
import { measure, report } from './sizes.ts';

// What is tested is what is shipped: a test runner's own environment would make it a build for development.
process.env.NODE_ENV = 'production';

const root = fileURLToPath(new URL('..', import.meta.url));

await build({ root, logLevel: 'warn' });
// The script runs on other people's pages: one file, in a scope of its own, that needs no other.
await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    target: buildTarget,
    emptyOutDir: false,
    lib: { entry: 'src/embed/loader.ts', formats: ['iife'], name: 'BatonWidget', fileName: () => 'widget.js' },
  },
});
const sizes = await measure(`${root}dist`);
process.stdout.write(report(sizes));
if (sizes.some(({ gzipped, limit }) => gzipped > limit)) {
  process.stderr.write('A page has outgrown its limit.\n');
  process.exitCode = 1;
}
