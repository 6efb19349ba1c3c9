import type { Subjects } from '@baton/contracts';
import type { NatsConnection } from 'nats';

/**
 * Runs auto-assignment when the queue or an agent has changed. Notifications only: the queue's are coalesced, an agent's
 * come when it has capacity again or is back.
 */
export function subscribeToChanges({
  nats,
  subjects,
  onChange,
}: {
  nats: NatsConnection;
  subjects: Subjects;
  onChange: () => void;
}) {
  const subscriptions = [subjects.queueChanged, subjects.anyAgent('changed')].map((subject) =>
    nats.subscribe(subject, { callback: () => onChange() }),
  );
  return {
    stop(): void {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}
