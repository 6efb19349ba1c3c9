import type { SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { DropReason } from './machine/states.ts';

/** A worker that dies is replaced after this. Two renewals may be lost without harm. */
export const LEASE_MS = 15_000;
const RENEW_EVERY_MS = 5_000;

export type Renewal = Awaited<ReturnType<Caller<SessionApi>['beginTurn']>>;

/**
 * Renews the lease while its turn lasts. The caller is given every renewal: it also tells what lost notifications would
 * have told.
 */
export function keepLease(options: {
  session: Pick<Caller<SessionApi>, 'beginTurn'>;
  sessionId: string;
  worker: string;
  onRenewal: (renewal: Renewal) => void;
}): { stop(): Promise<void> } {
  const { session, sessionId, worker } = options;
  let running: Promise<void> | undefined;
  let stopped = false;
  const timer = setInterval(() => {
    running ??= session
      .beginTurn({ sessionId, worker, leaseMs: LEASE_MS, limit: 1 })
      .then((renewal) => {
        if (!stopped) options.onRenewal(renewal);
      })
      .finally(() => {
        running = undefined;
      });
  }, RENEW_EVERY_MS);
  return {
    /** Awaits a renewal under way: if it arrived after the lease was released, it would take the lease again. */
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** What a refused lease means for the turn. */
export function dropReasonOf(refused: Extract<Renewal, { ok: false }>): DropReason {
  switch (refused.code) {
    case 'NOT_FOUND':
      return 'not_found';
    case 'SESSION_CLOSED':
      return 'session_closed';
    case 'NOTHING_OWED':
      return 'nothing_pending';
    case 'TURN_TAKEN':
      return 'turn_taken';
    default:
      return 'unavailable';
  }
}
