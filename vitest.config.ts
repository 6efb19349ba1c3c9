import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests are named for what they need: nothing, real servers, or the whole system. */
const withServers = ['packages/testkit/src/global-setup.ts'];
const everywhere = ['packages', 'services', 'apps', 'infra', 'e2e', 'bench', 'chaos'];
const named = (suffix: string) => everywhere.map((folder) => `${folder}/**/*${suffix}`);

/** How many files run at once, and in which turn; two projects that share a turn share its workers. */
const small = { maxWorkers: Math.max(2, availableParallelism() - 1), sequence: { groupOrder: 0 } };
/** Each of these files runs all the services, many a browser too: two at once are enough for a small machine's cores. */
const large = { maxWorkers: 2, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: named('.test.ts'),
          exclude: ['**/node_modules/**', '**/*.{it,e2e,browser}.test.ts'],
          ...small,
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
          ...small,
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
          ...large,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: named('.browser.test.ts'),
          globalSetup: [...withServers, 'packages/testkit/src/pages-setup.ts'],
          // A story of many steps, each of which waits for what it needs, on a machine that may do much else.
          testTimeout: 180_000,
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: 90_000,
          ...large,
        },
      },
    ],
  },
});
