import { type Log, throttled } from '@baton/runtime';

/** Work that nobody awaits. A failure is logged, and reconciliation makes up for it. */
export function inBackground(log: Log, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => throttled(log).error(what, { err: error, work: what }, 'background work failed'));
}
