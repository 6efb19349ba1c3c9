import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { BudgetStore } from './store-postgres.ts';

const EVERY_MS = 600_000;
const BATCH_SIZE = 1_000;

/** Deletes the budgets of past days. */
export function startBudgetSweep(parts: { store: Pick<BudgetStore, 'sweep'>; log: Log }): Loop {
  const { store, log } = parts;
  return startLoop({
    name: 'budgets of past days',
    everyMs: EVERY_MS,
    log,
    run: async () => {
      while ((await store.sweep(BATCH_SIZE)) === BATCH_SIZE);
    },
  });
}
