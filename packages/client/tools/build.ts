// Builds what is published: one module for browsers and Node, with types that need no other package.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTarget } from '@baton/design/floor';
import { build } from 'vite';
import { declarations } from './declarations.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;
await rm(dist, { recursive: true, force: true });
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    target: [...buildTarget, 'node20'],
    // Its users minify; what stands in a stack trace can be read.
    minify: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'index.js' },
    rolldownOptions: { external: ['socket.io-client'] },
  },
});
for (const [name, text] of declarations(root)) {
  await mkdir(dirname(`${dist}/${name}`), { recursive: true });
  await writeFile(`${dist}/${name}`, text);
}
