import type { SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { DropReason } from './machine/states.ts';

/** A worker that dies is replaced after this; a renewal that is lost twice does no harm. */
export const LEASE_MS = 15_000;
const RENEW_EVERY_MS = 5_000;

export type Renewal = Awaited<ReturnType<Caller<SessionApi>['beginTurn']>>;

/**
 * Keeps the lease of a turn while it lasts. What each renewal says is passed on: it also tells what announcements that
 * got lost would have told.
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
    /** A renewal under way is awaited: one that arrived after the lease was given back would take it again. */
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
      return 'nothing_owed';
    case 'TURN_TAKEN':
      return 'turn_taken';
    default:
      return 'unavailable';
  }
}
