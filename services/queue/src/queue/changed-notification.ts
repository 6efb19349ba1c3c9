import { channels } from '@baton/contracts';
import type { Bus } from '@baton/runtime';

const EVERY_MS = 250;

/** Publishes that the queue has changed: at once, then at most every 250 ms however often it changes. */
export function createChangedNotification({ publish }: Pick<Bus, 'publish'>) {
  let timer: NodeJS.Timeout | undefined;
  let again = false;

  const notify = () => {
    publish(channels.queue.changed, {}, { at: new Date().toISOString() });
    timer = setTimeout(() => {
      timer = undefined;
      if (again) notify();
    }, EVERY_MS);
    again = false;
  };

  return {
    mark(): void {
      if (timer === undefined) notify();
      else again = true;
    },
    /** Publishes a change that has not been published yet. */
    stop(): void {
      if (again) notify();
      clearTimeout(timer);
    },
  };
}
