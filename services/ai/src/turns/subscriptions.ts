import type { Subjects } from '@baton/contracts';
import { consumeEvents, type Log, type Loop, startLoop } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import { hearQuestions } from './questions-nats.ts';
import type { TurnScheduler } from './scheduler.ts';
import type { SessionCaller } from './writer.ts';

const RECONCILE_EVERY_MS = 2_000;
/** Younger pending replies are on their way by their notification. */
const RECONCILE_OLDER_THAN_MS = 1_000;
const RECONCILE_LIMIT = 200;

/** Schedules a turn when a customer writes to the bot, and when control moves to the bot. */
export function subscribeToEvents(options: {
  nats: NatsConnection;
  subjects: Subjects;
  scheduler: TurnScheduler;
  log: Log;
}): { stop(): Promise<void> } {
  const { scheduler, ...shared } = options;
  const questions = hearQuestions({ ...shared, heard: (sessionId, source) => scheduler.schedule(sessionId, source) });
  const control = consumeEvents({
    ...shared,
    durable: 'ai-control',
    kind: 'control',
    handle: async ({ sessionId, to, source }) => {
      if (to === 'bot') scheduler.schedule(sessionId, source);
    },
  });
  return {
    async stop() {
      await Promise.all([questions.stop(), control.stop()]);
    },
  };
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
      if (!reply.ok) return log.warn({ code: reply.code }, 'pending replies cannot be reconciled now');
      for (const { sessionId, source } of reply.value.sessions) scheduler.schedule(sessionId, source);
    },
  });
}
