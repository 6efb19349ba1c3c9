import { channels } from '@baton/contracts';
import { type Bus, type Log, type Loop, startLoop, throttled } from '@baton/runtime';
import type { TurnScheduler } from './scheduler.ts';
import type { SessionCaller } from './writer.ts';

const RECONCILE_EVERY_MS = 2_000;
/** Younger pending replies are on their way by their notification. */
const RECONCILE_OLDER_THAN_MS = 1_000;
const RECONCILE_LIMIT = 200;

/** Schedules a turn when a customer writes to the bot, and when control moves to the bot. */
export function subscribeToSessions(bus: Bus, scheduler: TurnScheduler) {
  // A notification, so that nothing is stored between a message and its turn. One ai service of the group gets each.
  const asked = bus.subscribe(
    channels.bot.asked,
    {},
    ({ sessionId, source }) => scheduler.schedule(sessionId, source),
    { group: 'ai' },
  );
  const control = bus.consume(channels.event.control, {
    durable: 'ai-control',
    handle: async ({ sessionId, to, source }) => {
      if (to === 'bot') scheduler.schedule(sessionId, source);
    },
  });
  return { leave: () => Promise.all([asked.leave(), control.leave()]) };
}

/**
 * [A1] Schedules every pending reply that Postgres knows. Finds what lost notifications missed, and what a process that
 * died has left.
 */
export function reconcilePendingReplies(options: { session: SessionCaller; scheduler: TurnScheduler; log: Log }): Loop {
  const { session, scheduler, log } = options;
  return startLoop({
    name: 'unanswered',
    everyMs: RECONCILE_EVERY_MS,
    // Customers may have written while no ai service ran.
    atOnce: true,
    log,
    run: async () => {
      const reply = await session.listUnanswered({ olderThanMs: RECONCILE_OLDER_THAN_MS, limit: RECONCILE_LIMIT });
      if (!reply.ok)
        return throttled(log).warn(reply.code, { code: reply.code }, 'pending replies cannot be reconciled now');
      for (const { sessionId, source } of reply.value.sessions) scheduler.schedule(sessionId, source);
    },
  });
}
