import type { SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { Hands } from '../presence/assignments-redis.ts';
import type { Basis } from './estimate.ts';

const FRESH_MS = 10_000;
/** A basis that could not be renewed for this long says nothing of the present. */
const STALE_MS = 60_000;

/** Handling times and capacity for estimates, asked of the session service at most every 10 s. */
export function createBasis(session: Caller<SessionApi>, hands: Hands) {
  let known: Omit<Basis, 'held'> | null = null;
  let knownAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = async () => {
    const reply = await session.handlingTimes({ limit: 200 }, { timeoutMs: 2_000 });
    if (!reply.ok) return;
    const { seconds, agentsOnDuty, totalCapacity } = reply.value;
    known = { handlingSeconds: seconds, agentsOnDuty, totalCapacity };
    knownAt = performance.now();
  };

  return {
    /** null when nothing recent is known. @throws Unavailable when Redis cannot be reached. */
    async get(): Promise<Basis | null> {
      if (performance.now() - triedAt > FRESH_MS) {
        triedAt = performance.now();
        asking = ask();
      }
      // Only the first has to wait; later ones go by what is known.
      if (known === null) await asking;
      if (known === null || performance.now() - knownAt > STALE_MS) return null;
      const basis: Omit<Basis, 'held'> = known;
      return { ...basis, held: await hands.count() };
    },
  };
}
export type BasisSource = ReturnType<typeof createBasis>;
