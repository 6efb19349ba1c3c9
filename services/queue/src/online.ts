import type { SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';

const FRESH_MS = 1_000;
/** Older than this it is waited for; what is asked of the session service again and again is not. */
const WAIT_AFTER_MS = 3_000;
/** What was known so long ago says nothing of the present. */
const STALE_MS = 10_000;

/**
 * Whether an agent is online, by the record: an agent who has vanished is offline there after the grace period. The
 * session service is asked at most once a second, and only while somebody wants to know.
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

  return {
    /** undefined when it is not known. */
    async get(): Promise<boolean | undefined> {
      if (performance.now() - triedAt > FRESH_MS) {
        triedAt = performance.now();
        asking = ask();
      }
      if (age() > WAIT_AFTER_MS) await asking;
      return age() > STALE_MS ? undefined : known;
    },
  };
}
export type Online = ReturnType<typeof createOnline>;
