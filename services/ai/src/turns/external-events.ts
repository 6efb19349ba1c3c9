import { channels } from '@baton/contracts';
import { isFromCustomer } from '../context/transcript.ts';
import { dropReasonOf, keepLease, type Renewal } from './lease.ts';
import type { Tell } from './machine/states.ts';
import type { TurnDependencies } from './turn-dependencies.ts';

/**
 * The events that reach a turn from outside: the session's entries, renewals of the lease, the time limit, and the
 * drain of the process. A renewal repeats what a lost notification would have told.
 */
export function listenForExternalEvents(options: {
  parts: Pick<TurnDependencies, 'bus' | 'session' | 'worker' | 'settings'>;
  sessionId: string;
  draining: AbortSignal;
  tell: Tell;
  onRenewed: () => void;
}) {
  const { parts, sessionId, draining, tell, onRenewed } = options;
  const { session, worker, settings } = parts;

  const subscription = parts.bus.subscribe(channels.live.entry, { session: sessionId }, ({ entries }) => {
    for (const entry of entries) {
      if (entry.kind === 'event') tell({ type: 'control_moved', epoch: entry.change.epoch });
      else if (isFromCustomer(entry)) tell({ type: 'customer_wrote', seq: entry.seq, now: Date.now() });
    }
  });
  const onRenewal = (renewal: Renewal) => {
    if (renewal.ok) {
      tell({ type: 'control_moved', epoch: renewal.value.session.epoch });
      tell({ type: 'customer_wrote', seq: renewal.value.unansweredSeq, now: Date.now() });
      return onRenewed();
    }
    const why = dropReasonOf(renewal);
    if (why !== 'unavailable') tell({ type: 'called_off', why: why === 'turn_taken' ? 'lease_lost' : why });
  };
  const lease = keepLease({ session, sessionId, worker, onRenewal });
  const timeLimit = setTimeout(() => tell({ type: 'time_up' }), settings.turnTimeoutMs);
  const callOff = () => tell({ type: 'called_off', why: 'draining' });
  draining.addEventListener('abort', callOff, { once: true });
  if (draining.aborted) callOff();

  return {
    /** The turn is concluded, so its time limit no longer matters. The others still do, until `stop`. */
    concluded: () => clearTimeout(timeLimit),
    async stop(): Promise<void> {
      draining.removeEventListener('abort', callOff);
      await Promise.all([subscription.leave(), lease.stop()]);
    },
  };
}
