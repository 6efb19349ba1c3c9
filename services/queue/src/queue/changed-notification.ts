import type { QueueChanged, Subjects } from '@baton/contracts';
import type { Announcer } from '@baton/runtime';

const EVERY_MS = 250;

/** Publishes that the queue has changed: at once, then at most every 250 ms however often it changes. */
export function createChangedNotification(announcer: Announcer, subjects: Subjects) {
  let timer: NodeJS.Timeout | undefined;
  let again = false;

  const publish = () => {
    const changed: QueueChanged = { at: new Date().toISOString() };
    announcer.live(subjects.queueChanged, changed);
    timer = setTimeout(() => {
      timer = undefined;
      if (again) publish();
    }, EVERY_MS);
    again = false;
  };

  return {
    mark(): void {
      if (timer === undefined) publish();
      else again = true;
    },
    /** Publishes a change that has not been published yet. */
    stop(): void {
      if (again) publish();
      clearTimeout(timer);
    },
  };
}
