import type { Agent, Entry, SessionApi } from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import type { Connection, Subscription } from '../connections/connection.ts';
import type { Feeds } from '../delivery/feeds.ts';
import { inBackground } from '../platform/background.ts';
import { type CustomerConnection, type LookForCustomer, openCustomerConnection } from './customer-connection.ts';
import { fetchSnapshot } from './session-snapshot.ts';

interface Assignment {
  epoch: number;
  subscription: Subscription;
  isDelivered: boolean;
  /** From when the assignment was delivered. */
  customer: CustomerConnection | undefined;
  /** Resolves when the agent was told, or when the session turned out not to be assigned to it. */
  delivered: Promise<void>;
}

/**
 * The sessions assigned to one agent whose socket is on this gateway.
 *
 * An assignment is learned from the answer to a claim, from a notification or from reconciliation, and always takes
 * the same path: `deliver`. Its end is learned from the session's log: the change of control is shown, and then the
 * session is gone. [C3]
 */
export function createAgentSessions(options: {
  agentId: string;
  connection: Connection;
  session: Pick<Caller<SessionApi>, 'getWithEntries'>;
  feeds: Feeds;
  lookForCustomer: LookForCustomer;
  log: Log;
}) {
  const { agentId, connection, session, feeds, lookForCustomer, log } = options;
  const assignments = new Map<string, Assignment>();

  const drop = (sessionId: string) => {
    const assignment = assignments.get(sessionId);
    assignment?.subscription.leave();
    assignment?.customer?.stop();
    assignments.delete(sessionId);
  };

  /** The agent was shown an entry of a session assigned to it: is it still? */
  const shown = (entry: Entry, epoch: number) => {
    if (entry.kind !== 'event' || assignments.get(entry.sessionId)?.epoch !== epoch || entry.change.epoch <= epoch)
      return;
    const { change, sessionId } = entry;
    // The next change says where the session went and why, so the agent is shown that one too.
    if (change.passing) return;
    drop(sessionId);
    // session:closed tells of a session that has ended; session:unassigned is for one that goes on elsewhere.
    if (change.to !== 'closed') connection.emit('session:unassigned', { sessionId, change });
  };

  const tell = async (sessionId: string, assignment: Assignment): Promise<void> => {
    const { epoch, subscription } = assignment;
    await subscription.ready;
    const snapshot = await fetchSnapshot(session, sessionId);
    if (assignments.get(sessionId) !== assignment) return;
    const current = snapshot.ok ? snapshot.value.session : undefined;
    if (!snapshot.ok || current?.assignedAgent !== agentId || current.status !== 'agent' || current.epoch !== epoch) {
      // No longer assigned, or unknown for now: reconciliation tries again.
      drop(sessionId);
      return;
    }
    connection.emit('session:assigned', { sessionId, session: snapshot.value.session });
    assignment.isDelivered = true;
    subscription.begin({ at: snapshot.value.lastSeq, lastSeq: snapshot.value.lastSeq });
    assignment.customer = openCustomerConnection({
      look: () => lookForCustomer(sessionId),
      tell: (present) => connection.emit('customer:presence', { sessionId, present }),
    });
    inBackground(log, 'look for a customer', assignment.customer.reconcile());
  };

  return {
    has: (sessionId: string): boolean => assignments.has(sessionId),
    ids: (): string[] => [...assignments.keys()],
    /**
     * Tells the agent of a session that is assigned to it, once for each assignment. Callers that come meanwhile wait
     * for the same delivery, so that no acknowledgement overtakes it.
     */
    async deliver(sessionId: string, epoch: number): Promise<void> {
      const known = assignments.get(sessionId);
      if (known !== undefined && known.epoch >= epoch) return known.delivered;
      drop(sessionId);
      const subscription = feeds.subscribe(sessionId, {
        audience: 'agent',
        emit: connection.emit,
        reader: connection,
        onShown: (entry) => shown(entry, epoch),
        onCustomer: (connected) => (connected ? assignment.customer?.arrived() : assignment.customer?.left()),
      });
      const assignment: Assignment = {
        epoch,
        subscription,
        isDelivered: false,
        customer: undefined,
        delivered: Promise.resolve(),
      };
      assignments.set(sessionId, assignment);
      assignment.delivered = tell(sessionId, assignment);
      return assignment.delivered;
    },
    /** The agent joins again: sessions that were delivered are delivered once more, those in progress only once. */
    forgetDelivered(): void {
      for (const [sessionId, { isDelivered }] of assignments) if (isDelivered) drop(sessionId);
    },
    /** [M6] Notifications about a customer can be lost, and a gateway that is killed sends none. */
    reconcileCustomers(): void {
      for (const { customer } of assignments.values())
        if (customer) inBackground(log, 'look for a customer', customer.reconcile());
    },
    dropAll(): void {
      for (const sessionId of [...assignments.keys()]) drop(sessionId);
    },
  };
}
export type AgentSessions = ReturnType<typeof createAgentSessions>;

/** An agent whose socket is on this gateway. */
export interface OnlineAgent {
  /** Its record, as last heard. */
  agent: Agent;
  readonly connection: Connection;
  readonly sessions: AgentSessions;
  readonly unsubscribe: () => void;
}
