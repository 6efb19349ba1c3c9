import { type LiveEntries, liveEntries, type Subjects } from '@baton/contracts';
import type { Log } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import { isFromCustomer } from '../context/transcript.ts';

/** What happens to a session while its turn is under way. */
export interface SessionNews {
  customerWrote(seq: number): void;
  controlMoved(epoch: number): void;
}

/** Listens to a session's entries until the function given back is called. What is missed, the lease's renewal tells. */
export function watchSession(options: {
  nats: NatsConnection;
  subjects: Subjects;
  sessionId: string;
  log: Log;
  news: SessionNews;
}): () => void {
  const { nats, subjects, sessionId, log, news } = options;
  const subscription = nats.subscribe(subjects.live(sessionId, 'entry'), {
    callback: (error, message) => {
      if (error) return void log.warn({ err: error, sessionId }, 'a session cannot be watched');
      try {
        const parsed = liveEntries.safeParse(message.json<LiveEntries>());
        for (const entry of parsed.data?.entries ?? []) {
          if (entry.kind === 'event') news.controlMoved(entry.change.epoch);
          else if (isFromCustomer(entry)) news.customerWrote(entry.seq);
        }
      } catch (fault) {
        log.warn({ err: fault, sessionId }, 'an announcement cannot be read');
      }
    },
  });
  return () => subscription.unsubscribe();
}
