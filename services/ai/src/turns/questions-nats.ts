import { type Asked, asked, type Subjects } from '@baton/contracts';
import { inTrace, type Log, TRACE_HEADER } from '@baton/runtime';
import type { NatsConnection } from 'nats';

/** One of the ai services that are there hears each question. */
const QUEUE = 'ai';

/**
 * Tells of customers who wrote while the bot has control. Plain NATS: nothing is kept for later, so that nothing stands
 * between the question and its turn. What nobody heard the comparing loop finds.
 */
export function hearQuestions(options: {
  nats: NatsConnection;
  subjects: Subjects;
  log: Log;
  heard: (sessionId: string, source: string | undefined) => void;
}): { stop(): Promise<void> } {
  const { nats, subjects, log, heard } = options;
  const subscription = nats.subscribe(subjects.anyAsked, {
    queue: QUEUE,
    callback: (error, message) => {
      if (error) return void log.warn({ err: error }, 'questions cannot be heard; the comparing loop finds them');
      try {
        const { data } = asked.safeParse(message.json<Asked>());
        if (data) inTrace(message.headers?.get(TRACE_HEADER), () => heard(data.sessionId, data.source));
      } catch (fault) {
        log.warn({ err: fault }, 'an announcement cannot be read');
      }
    },
  });
  return { stop: () => subscription.drain() };
}
