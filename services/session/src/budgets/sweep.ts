import { type Log, type Loop, startLoop } from '@baton/runtime';

const EVERY_MS = 600_000;
const AT_ONCE = 1_000;

/** Deletes the budgets of days that are over. Several instances may do it at once. */
export function startBudgetSweep(options: { sweep: (limit: number) => Promise<number>; log: Log }): Loop {
  const { sweep, log } = options;
  return startLoop({
    name: 'budgets of days that are over',
    everyMs: EVERY_MS,
    log,
    run: async () => {
      let more = true;
      while (more) more = (await sweep(AT_ONCE)) === AT_ONCE;
    },
  });
}
