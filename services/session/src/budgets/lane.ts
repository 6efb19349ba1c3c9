/** Runs one piece of work after the other. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * [S6] Budgets are changed one at a time over all instances, so whoever else wants one only waits; here, and not on a
 * connection to Postgres that messages need.
 */
export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
