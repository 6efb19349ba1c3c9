import type { Subjects } from '@baton/contracts';
import { consumeEvents, type Log, type Loop, startLoop } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import { hearQuestions } from './questions-nats.ts';
import type { Turns } from './scheduler.ts';
import type { SessionCaller } from './writer.ts';

const COMPARE_EVERY_MS = 2_000;
/** Younger ones are on their way by their hint. */
const COMPARE_OLDER_THAN_MS = 1_000;
const COMPARE_LIMIT = 200;

/** What this service does when a customer writes, and when control comes to the bot. Answers at once: turns go on behind. */
export function reactToEvents(options: { nats: NatsConnection; subjects: Subjects; turns: Turns; log: Log }): {
  stop(): Promise<void>;
} {
  const { turns, ...shared } = options;
  const questions = hearQuestions({ ...shared, heard: (sessionId, source) => turns.start(sessionId, source) });
  const control = consumeEvents({
    ...shared,
    durable: 'ai-control',
    kind: 'control',
    handle: async ({ sessionId, to, source }) => {
      if (to === 'bot') turns.start(sessionId, source);
    },
  });
  return {
    async stop() {
      await Promise.all([questions.stop(), control.stop()]);
    },
  };
}

/**
 * [A1] The third comparing loop: what the bot owes, as Postgres has it. Finds what announcements missed, and what a
 * process that died has left.
 */
export function compareUnanswered(options: { session: SessionCaller; turns: Turns; log: Log }): Loop {
  const { session, turns, log } = options;
  return startLoop({
    name: 'unanswered',
    everyMs: COMPARE_EVERY_MS,
    // What was asked while no ai service was there.
    atOnce: true,
    log,
    run: async () => {
      const reply = await session.listUnanswered({ olderThanMs: COMPARE_OLDER_THAN_MS, limit: COMPARE_LIMIT });
      if (!reply.ok) return log.warn({ code: reply.code }, 'what the bot owes cannot be compared now');
      for (const { sessionId, source } of reply.value.sessions) turns.start(sessionId, source);
    },
  });
}
