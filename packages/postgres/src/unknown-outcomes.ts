import { type Log, throttled } from '@baton/runtime';
import { OutcomeUnknown } from './errors.ts';

/**
 * Handlers of endpoints that reply TIMEOUT when the connection to Postgres broke during a request: it may or may not
 * have been committed, and the caller may repeat it with the same ids. UNAVAILABLE would promise that nothing was done.
 */
export function withUnknownOutcomes<Handlers extends Record<string, (request: never) => Promise<unknown>>>(
  log: Log,
  handlers: Handlers,
): Handlers {
  const wrapped = Object.entries(handlers).map(([key, handle]) => {
    const answer = async (request: never) => {
      try {
        return await handle(request);
      } catch (error) {
        if (!(error instanceof OutcomeUnknown)) throw error;
        throttled(log).error(key, { err: error, endpoint: key }, 'the connection to Postgres broke during a request');
        const message = 'The database went away while it was at work; it may or may not be done.';
        return { ok: false, code: 'TIMEOUT', message };
      }
    };
    return [key, answer];
  });
  // The keys and types are those of `handlers`: TIMEOUT is among the replies of every endpoint.
  return Object.fromEntries(wrapped) as Handlers;
}
