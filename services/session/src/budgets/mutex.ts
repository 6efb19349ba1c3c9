/** Runs one task at a time, in order. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * [S6] Budgets change one at a time across all instances. Requests queue here, as waiting in Postgres would occupy the
 * connections that messages need.
 */
export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
