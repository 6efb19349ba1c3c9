import type { SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';

const FRESH_MS = 1_000;
/** Callers within this time share one answer. */
const SHARED_MS = 100;
/** `get` waits for an answer when the known one is older than this. */
const WAIT_AFTER_MS = 3_000;
/** An older answer is no longer used. */
const STALE_MS = 10_000;

/**
 * Whether any agent is online, as Postgres has it: an agent that vanished is offline there after the grace period. The
 * session service is asked only while a caller needs to know.
 */
export function createAgentsOnline(session: Pick<Caller<SessionApi>, 'listAgents'>) {
  let known: boolean | undefined;
  let knownAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let requesting: Promise<void> = Promise.resolve();

  const request = async () => {
    const reply = await session.listAgents({ available: false, onDuty: true, limit: 1 }, { timeoutMs: 2_000 });
    if (!reply.ok) return;
    known = reply.value.agents.length > 0;
    knownAt = performance.now();
  };
  const age = () => performance.now() - knownAt;

  /** A request that started at most this long ago. */
  const requestedWithin = (ms: number): Promise<void> => {
    if (performance.now() - triedAt > ms) {
      triedAt = performance.now();
      requesting = request();
    }
    return requesting;
  };
  const recent = () => (age() > STALE_MS ? undefined : known);

  return {
    /** For a loop, which usually does not wait. undefined when it is not known. */
    async get(): Promise<boolean | undefined> {
      const requested = requestedWithin(FRESH_MS);
      if (age() > WAIT_AFTER_MS) await requested;
      return recent();
    },
    /** For a reply, which must not be older than what the customer was sent before. */
    async now(): Promise<boolean | undefined> {
      await requestedWithin(SHARED_MS);
      return recent();
    },
  };
}
