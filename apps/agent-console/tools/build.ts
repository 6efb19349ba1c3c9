// Builds the pages into dist/.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

// What is tested is what is shipped: a test runner's own environment would make it a build for development.
process.env.NODE_ENV = 'production';
await build({ root: fileURLToPath(new URL('..', import.meta.url)), logLevel: 'warn' });
