import { defineConfig } from 'vitest/config';

/** Tests are named for what they need: nothing, real servers, or the whole system. */
const withServers = ['packages/testkit/src/global-setup.ts'];
const everywhere = ['packages', 'services', 'apps', 'infra', 'e2e', 'bench', 'chaos'];
const named = (suffix: string) => everywhere.map((folder) => `${folder}/**/*${suffix}`);

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: named('.test.ts'),
          exclude: ['**/node_modules/**', '**/*.{it,e2e,browser}.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: named('.it.test.ts'),
          globalSetup: withServers,
          testTimeout: 15_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: named('.e2e.test.ts'),
          globalSetup: withServers,
          testTimeout: 60_000,
          hookTimeout: 90_000,
          // Each file runs all the services: more than two at once would compete for the cores of a small machine.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: named('.browser.test.ts'),
          globalSetup: [...withServers, 'packages/testkit/src/pages-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 90_000,
          // Each file runs all the services and a browser.
          maxWorkers: 1,
        },
      },
    ],
  },
});
