import { channels } from '@baton/contracts';
import { type Bus, coalesce } from '@baton/runtime';

const EVERY_MS = 250;

/** Publishes that the queue has changed: at once, then at most every 250 ms however often it changes. */
export function createChangedNotification(bus: Pick<Bus, 'publish'>) {
  const publication = coalesce({
    everyMs: EVERY_MS,
    run: () => bus.publish(channels.queue.changed, {}, { at: new Date().toISOString() }),
  });
  return {
    mark: publication.ask,
    /** Publishes a change that has not been published yet. */
    stop(): Promise<void> {
      publication.flush();
      return publication.stop();
    },
  };
}
