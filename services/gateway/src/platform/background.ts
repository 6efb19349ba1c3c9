import { type Log, throttled } from '@baton/runtime';

/** Work that nobody waits for. Should it fail, that is logged, and a comparing loop makes up for it. */
export function inBackground(log: Log, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) =>
    throttled(log).error(what, { err: error, work: what }, 'work in the background failed'),
  );
}
