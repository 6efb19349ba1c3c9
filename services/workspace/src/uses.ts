import type { Actor } from '@baton/contracts';
import type { Log } from '@baton/runtime';

/** What was read of a credential, and whether its last use is to be written again. */
interface Read<A extends Actor> {
  actor: A;
  isStale: boolean;
}

/** Notes uses beside the answers, which do not wait for it. A use that could not be noted is noted by the next one. */
export function createUses(log: Log) {
  const underWay = new Set<Promise<void>>();
  return {
    /** `read`, followed by `note` where the last use is long enough ago. */
    noting<A extends Actor>(read: (hash: Buffer) => Promise<Read<A> | undefined>, note: (actor: A) => Promise<void>) {
      return async (hash: Buffer): Promise<A | undefined> => {
        const found = await read(hash);
        if (found?.isStale) {
          const work: Promise<void> = note(found.actor)
            .catch((error: unknown) => log.warn({ err: error }, 'the use of a credential could not be noted'))
            .finally(() => underWay.delete(work));
          underWay.add(work);
        }
        return found?.actor;
      };
    },
    async settled(): Promise<void> {
      await Promise.all(underWay);
    },
  };
}
