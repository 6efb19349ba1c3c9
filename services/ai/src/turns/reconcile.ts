import { type Log, type Loop, startLoop, throttled } from '@baton/runtime';
import type { TurnScheduler } from './scheduler.ts';
import type { SessionCaller } from './write-conclusion.ts';

const EVERY_MS = 2_000;
/** Younger pending replies are on their way by their notification. */
const OLDER_THAN_MS = 1_000;
const LIMIT = 200;

/**
 * [A1] Schedules every pending reply that Postgres knows. Finds what lost notifications missed, and what a process that
 * died has left.
 */
export function reconcilePendingReplies(options: { session: SessionCaller; scheduler: TurnScheduler; log: Log }): Loop {
  const { session, scheduler, log } = options;
  return startLoop({
    name: 'unanswered',
    everyMs: EVERY_MS,
    // Customers may have written while no ai service ran.
    atOnce: true,
    log,
    run: async () => {
      const reply = await session.listUnanswered({ olderThanMs: OLDER_THAN_MS, limit: LIMIT });
      if (!reply.ok)
        return throttled(log).warn(reply.code, { code: reply.code }, 'pending replies cannot be reconciled now');
      for (const { sessionId, source } of reply.value.sessions) scheduler.schedule(sessionId, source);
    },
  });
}
