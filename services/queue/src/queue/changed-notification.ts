import type { QueueChanged, Subjects } from '@baton/contracts';
import type { Announcer } from '@baton/runtime';

const MOST_OFTEN_MS = 250;

/** Announces that the waiting list has changed: at once, then at most every 250 ms however often it changes. */
export function createChangedHint(announcer: Announcer, subjects: Subjects) {
  let timer: NodeJS.Timeout | undefined;
  let again = false;

  const announce = () => {
    const hint: QueueChanged = { at: new Date().toISOString() };
    announcer.live(subjects.queueChanged, hint);
    timer = setTimeout(() => {
      timer = undefined;
      if (again) announce();
    }, MOST_OFTEN_MS);
    again = false;
  };

  return {
    mark(): void {
      if (timer === undefined) announce();
      else again = true;
    },
    /** Announces what has not been announced yet. */
    stop(): void {
      if (again) announce();
      clearTimeout(timer);
    },
  };
}
