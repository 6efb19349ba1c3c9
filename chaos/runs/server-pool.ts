import { join } from 'node:path';
import { type Backends, startBackends } from '../world/backends.ts';

/**
 * Sets of servers for runs that go on at the same time: each is one run's alone while it lasts, and the next one's
 * afterwards. One that a run broke for good is not used again.
 */
export function createGrounds(folder: string) {
  const free: Backends[] = [];
  const all = new Set<Backends>();
  let made = 0;

  const fresh = async (smallDisk: boolean) => {
    const started = await startBackends(join(folder, `servers-${++made}`), { smallDisk });
    all.add(started);
    return started;
  };
  return {
    /** @param smallDisk whether Postgres is to have a small disk of its own, which can become full */
    async use<Result>(smallDisk: boolean, act: (backends: Backends) => Promise<Result>): Promise<Result> {
      const index = free.findIndex((one) => one.smallDisk === smallDisk);
      const backends = index < 0 ? await fresh(smallDisk) : free.splice(index, 1)[0];
      if (backends === undefined) throw new Error('there were servers a moment ago');
      try {
        const result = await act(backends);
        free.push(backends);
        return result;
      } catch (error) {
        all.delete(backends);
        await backends.stop().catch(() => {});
        throw error;
      }
    },
    async stop(): Promise<void> {
      await Promise.all([...all].map((one) => one.stop()));
      all.clear();
    },
  };
}
export type Grounds = ReturnType<typeof createGrounds>;

/** Does all of them, some at once, each begun in order; gives the results in order. */
export async function someAtOnce<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await act(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
