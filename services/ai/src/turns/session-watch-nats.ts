import { type LiveEntries, liveEntries, type Subjects } from '@baton/contracts';
import type { Log } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import { isFromCustomer } from '../context/transcript.ts';

/** What happens to a session while its turn is under way. */
export interface SessionNews {
  customerWrote(seq: number): void;
  controlMoved(epoch: number): void;
}

/** Follows the entries of sessions, each until the returned function is called. Renewals of the lease tell what it missed. */
export const sessionFollower = (parts: { nats: NatsConnection; subjects: Subjects; log: Log }) =>
  followSession.bind(null, parts);

function followSession(
  { nats, subjects, log }: { nats: NatsConnection; subjects: Subjects; log: Log },
  sessionId: string,
  news: SessionNews,
): () => void {
  const subscription = nats.subscribe(subjects.live(sessionId, 'entry'), {
    callback: (error, message) => {
      if (error) return void log.warn({ err: error, sessionId }, 'a session cannot be followed');
      try {
        const parsed = liveEntries.safeParse(message.json<LiveEntries>());
        for (const entry of parsed.data?.entries ?? []) {
          if (entry.kind === 'event') news.controlMoved(entry.change.epoch);
          else if (isFromCustomer(entry)) news.customerWrote(entry.seq);
        }
      } catch (fault) {
        log.warn({ err: fault, sessionId }, 'a notification cannot be read');
      }
    },
  });
  return () => subscription.unsubscribe();
}
