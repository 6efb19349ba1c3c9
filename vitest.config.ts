import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests are named for what they need: nothing, real servers, or the whole system. */
const withServers = ['packages/testkit/src/servers/global-setup.ts'];
const everywhere = ['packages', 'services', 'apps', 'infra', 'e2e', 'bench', 'chaos'];
const named = (suffix: string) => everywhere.map((folder) => `${folder}/**/*${suffix}`);

/**
 * A time limit ends a test that hangs; it says nothing of how fast the product is. It is far above what a test takes on
 * a machine that does much else. A test of a promise with a time states that time itself.
 */
const limits = { unit: 30_000, integration: 60_000, e2e: 180_000, browser: 180_000, hooks: 180_000 };

/** How many files run at once, and in which turn; two projects that share a turn share its workers. */
const small = { maxWorkers: Math.max(2, availableParallelism() - 1), sequence: { groupOrder: 0 } };
/** Each of these files runs all the services, many a browser too: two at once are enough for a small machine's cores. */
const large = { maxWorkers: 2, sequence: { groupOrder: 1 } };
/** Measures how long a page is busy, in which the waits for a processor that others have would count. */
const alone = { maxWorkers: 1, sequence: { groupOrder: 2 } };
const timed = ['**/long-chats.browser.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: named('.test.ts'),
          exclude: ['**/node_modules/**', '**/*.{it,e2e,browser}.test.ts'],
          testTimeout: limits.unit,
          ...small,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: named('.it.test.ts'),
          globalSetup: withServers,
          testTimeout: limits.integration,
          hookTimeout: limits.hooks,
          ...small,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: named('.e2e.test.ts'),
          globalSetup: withServers,
          testTimeout: limits.e2e,
          hookTimeout: limits.hooks,
          ...large,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: named('.browser.test.ts'),
          exclude: ['**/node_modules/**', ...timed],
          globalSetup: [...withServers, 'packages/testkit/src/browser/pages-setup.ts'],
          testTimeout: limits.browser,
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: limits.hooks,
          ...large,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser-timed',
          include: timed,
          exclude: ['**/node_modules/**'],
          globalSetup: [...withServers, 'packages/testkit/src/browser/pages-setup.ts'],
          testTimeout: limits.browser,
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: limits.hooks,
          ...alone,
        },
      },
    ],
  },
});
