import { refuse } from '@baton/contracts';

/** Records every request, and refuses those that a test wants to fail. */
export function observeHandlers<Handlers extends object>(handlers: Handlers) {
  const calls: { endpoint: string; sessionId: string }[] = [];
  /** Requests to refuse before they are handled, by endpoint. */
  const failing = new Map<string, number>();
  const observed = Object.entries(handlers).map(([endpoint, handle]) => [
    endpoint,
    async (request: { sessionId?: string }) => {
      calls.push({ endpoint, sessionId: request.sessionId ?? '' });
      const left = failing.get(endpoint) ?? 0;
      failing.set(endpoint, left - 1);
      if (left > 0) return refuse('UNAVAILABLE', 'Out of order for a test.');
      return (handle as (request: unknown) => Promise<unknown>)(request);
    },
  ]);
  return {
    // The same endpoints with the same replies, or a refusal that each of them may give.
    handlers: Object.fromEntries(observed) as Handlers,
    calls,
    fail: (endpoint: keyof Handlers & string, times: number) => failing.set(endpoint, times),
  };
}
