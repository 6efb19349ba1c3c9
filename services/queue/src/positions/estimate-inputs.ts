import type { SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { Assignments } from '../assignments/store-redis.ts';
import type { EstimateInputs } from './estimate.ts';

const FRESH_MS = 10_000;
/** Inputs that could not be refreshed for this long are no longer used. */
const STALE_MS = 60_000;

/** Caches handling times and capacity, requested from the session service at most every 10 s. */
export function createEstimateInputs(session: Pick<Caller<SessionApi>, 'handlingTimes'>, assignments: Assignments) {
  let known: Omit<EstimateInputs, 'assigned'> | null = null;
  let knownAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let requesting: Promise<void> | undefined;

  const request = async () => {
    const reply = await session.handlingTimes({ limit: 200 }, { timeoutMs: 2_000 });
    if (!reply.ok) return;
    const { seconds, agentsOnDuty: agentsOnline, totalCapacity } = reply.value;
    // Sorted once: thousands of estimates are made from it.
    known = { handlingSeconds: seconds.toSorted((a, b) => a - b), agentsOnline, totalCapacity };
    knownAt = performance.now();
  };

  return {
    /** null when nothing recent is known. @throws Unavailable when Redis is unavailable. */
    async get(): Promise<EstimateInputs | null> {
      if (performance.now() - triedAt > FRESH_MS) {
        triedAt = performance.now();
        requesting = request();
      }
      // Only the first caller waits; later ones use what is known.
      if (known === null) await requesting;
      if (known === null || performance.now() - knownAt > STALE_MS) return null;
      const inputs: Omit<EstimateInputs, 'assigned'> = known;
      return { ...inputs, assigned: await assignments.count() };
    },
  };
}
