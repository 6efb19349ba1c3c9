import type { CodeOf, QueueApi, Reply, ReplyOf, SessionApi, ValueOf } from '@baton/contracts';
import { accept, refuse } from '@baton/contracts';
import { batchWhileBusy, type Caller, type Log, Unavailable } from '@baton/runtime';
import type { QueueStore } from '../queue/store-redis.ts';
import type { Reservation, Reservations } from './store-redis.ts';

type Claim = QueueApi['endpoints']['claim'];
type Outcome = Reply<ValueOf<Claim>, CodeOf<Claim>>;
type Reserved = Extract<Reservation, { outcome: 'reserved' }>;
type NotAssigned = Extract<ReplyOf<SessionApi['endpoints']['assign']>, { ok: false }>;

/** How many sessions that no longer wait one request for the next may skip. */
const MAX_SKIPPED = 10;

/**
 * [C4] Gives an agent the session named, or the next in the queue.
 *
 * Redis only suggests a session, and its reservation keeps two agents from trying the same one. The session service
 * decides, in one transaction. When it has decided, the reservation ends: a session that was assigned or does not wait
 * leaves the queue; one that was refused because of the agent keeps its position. When the outcome is unknown the
 * reservation expires by itself, and the reconciler finds out whether the session still waits.
 */
export function createClaim(options: {
  queue: QueueStore;
  reservations: Reservations;
  session: Caller<SessionApi>;
  log: Log;
  onOutcome: (outcome: string) => void;
  /** Redis and Postgres disagree: reconcile soon. */
  onDoubt: () => void;
  /** Reconciles at once. @throws Unavailable */
  reconcileNow: () => Promise<void>;
}) {
  const { queue, reservations, session, log } = options;

  /** Postgres has decided already; what Redis misses now the reconciler repairs. */
  const update = async (what: string, write: () => Promise<unknown>) => {
    try {
      await write();
    } catch (error) {
      log.warn({ err: error }, `${what} could not be written to Redis; the reconciler will`);
      options.onDoubt();
    }
  };

  /** `reserved` is null when the session is not queued, another agent has reserved it, or Redis is unavailable. */
  const assign = async (agentId: string, sessionId: string, reserved: Reserved | null) => {
    const reply = await session.assign({ sessionId, agentId });
    if (reply.ok) {
      const { session: assigned, wait, repeated } = reply.value;
      await update('a claim', () =>
        queue.removeClaimed(sessionId, assigned.epoch, repeated ? undefined : reserved?.startMs),
      );
      return accept({ session: assigned, ...(wait && { wait }) });
    }
    switch (meaningOf(reply)) {
      case 'session does not wait':
        if (reserved)
          await update('a session that no longer waits', () =>
            queue.remove([{ sessionId, epoch: reserved.epoch }], true),
          );
        return reply;
      case 'agent cannot have it':
        if (reserved) await update('the end of a reservation', () => reservations.release(sessionId, reserved.token));
        return reply;
      case 'outcome unknown':
        return reply;
    }
  };

  const claimNamed = async (agentId: string, sessionId: string): Promise<Outcome> => {
    // Redis may refuse or be unavailable: the session service decides, and exactly one agent wins.
    const reservation = await reservations.reserve(agentId, sessionId).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error;
      return null;
    });
    return await assign(agentId, sessionId, reservation?.outcome === 'reserved' ? reservation : null);
  };

  /** Agents who find the queue empty at the same time share one reconciliation, which starts after they asked. */
  const reconciliations = batchWhileBusy<undefined, undefined>({
    maxBatch: Number.POSITIVE_INFINITY,
    run: async (agents) => {
      await options.reconcileNow();
      return agents;
    },
  });

  const claimNext = async (agentId: string): Promise<Outcome> => {
    let reconciled = false;
    for (let skipped = 0; skipped < MAX_SKIPPED; skipped++) {
      const reservation = await reservations.reserve(agentId);
      switch (reservation.outcome) {
        case 'empty':
        case 'not_queued':
          // A wait that was acknowledged a moment ago may not be queued yet: check Postgres once before saying so.
          if (reconciled) return refuse('QUEUE_EMPTY', 'Nobody is waiting.');
          await reconciliations.add(undefined);
          reconciled = true;
          break;
        case 'reserved_by_another':
          return refuse('QUEUE_EMPTY', 'Everyone who is waiting is being taken by other agents right now.');
        case 'rebuilding':
          options.onDoubt();
          return refuse('UNAVAILABLE', 'The queue is being rebuilt; try again in a few seconds.');
        case 'reserved': {
          const reply = await assign(agentId, reservation.sessionId, reservation);
          if (reply.ok || meaningOf(reply) !== 'session does not wait') return reply;
        }
      }
    }
    options.onDoubt();
    return refuse('UNAVAILABLE', 'The queue is being repaired; try again in a few seconds.');
  };

  return async (request: { agentId: string; sessionId?: string | undefined }): Promise<Outcome> => {
    const { agentId, sessionId } = request;
    const reply = sessionId === undefined ? await claimNext(agentId) : await claimNamed(agentId, sessionId);
    options.onOutcome(reply.ok ? 'ok' : reply.code);
    return reply;
  };
}
export type ClaimSession = ReturnType<typeof createClaim>;

/** What a refusal of the session service says about the session that was tried. */
function meaningOf({ code, field }: NotAssigned): 'session does not wait' | 'agent cannot have it' | 'outcome unknown' {
  switch (code) {
    case 'NOT_FOUND':
      // It may be the agent that does not exist.
      return field === 'agentId' ? 'agent cannot have it' : 'session does not wait';
    case 'SESSION_CLOSED':
    case 'NOT_WAITING':
    case 'ALREADY_TAKEN':
      return 'session does not wait';
    case 'AT_CAPACITY':
    case 'AGENT_OFFLINE':
    case 'STALE_EPOCH':
    case 'VALIDATION_FAILED':
      return 'agent cannot have it';
    case 'TIMEOUT':
    case 'UNAVAILABLE':
    case 'INTERNAL':
      return 'outcome unknown';
  }
}
