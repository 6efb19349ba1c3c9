import type { SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';

const FRESH_MS = 1_000;
/** Those who ask within so long get the same answer. */
const SAME_MOMENT_MS = 100;
/** Older than this it is waited for; what is asked of the session service again and again is not. */
const WAIT_AFTER_MS = 3_000;
/** What was known so long ago says nothing of the present. */
const STALE_MS = 10_000;

/**
 * Whether an agent is online, by the record: an agent who has vanished is offline there after the grace period. The
 * session service is asked only while somebody wants to know.
 */
export function createOnline(session: Pick<Caller<SessionApi>, 'listAgents'>) {
  let known: boolean | undefined;
  let knownAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> = Promise.resolve();

  const ask = async () => {
    const reply = await session.listAgents({ available: false, onDuty: true, limit: 1 }, { timeoutMs: 2_000 });
    if (!reply.ok) return;
    known = reply.value.agents.length > 0;
    knownAt = performance.now();
  };
  const age = () => performance.now() - knownAt;

  /** What is known, or is about to be. */
  const askedWithin = (ms: number): Promise<void> => {
    if (performance.now() - triedAt > ms) {
      triedAt = performance.now();
      asking = ask();
    }
    return asking;
  };
  const recent = () => (age() > STALE_MS ? undefined : known);

  return {
    /** For whoever looks again and again, and is not to wait each time. undefined when it is not known. */
    async get(): Promise<boolean | undefined> {
      const asked = askedWithin(FRESH_MS);
      if (age() > WAIT_AFTER_MS) await asked;
      return recent();
    },
    /** For an answer that nothing corrects when it is older than what was told before. */
    async now(): Promise<boolean | undefined> {
      await askedWithin(SAME_MOMENT_MS);
      return recent();
    },
  };
}
export type Online = ReturnType<typeof createOnline>;
