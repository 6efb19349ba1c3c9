import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { BudgetStore } from './store-postgres.ts';

const EVERY_MS = 600_000;
const AT_ONCE = 1_000;

/** Deletes the budgets of days that are over. Several instances may do it at once. */
export function startBudgetSweep(parts: { store: Pick<BudgetStore, 'sweep'>; log: Log }): Loop {
  const { store, log } = parts;
  return startLoop({
    name: 'budgets of days that are over',
    everyMs: EVERY_MS,
    log,
    run: async () => {
      while ((await store.sweep(AT_ONCE)) === AT_ONCE);
    },
  });
}
