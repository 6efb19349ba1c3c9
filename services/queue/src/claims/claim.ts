import type { CodeOf, QueueApi, Reply, ReplyOf, SessionApi, ValueOf } from '@baton/contracts';
import { accept, refuse } from '@baton/contracts';
import { type Caller, gatherWhileBusy, type Log, Unavailable } from '@baton/runtime';
import type { Hands } from '../presence/assignments-redis.ts';
import type { Reservation } from '../queue/changes-redis.ts';
import type { Line } from '../queue/store-redis.ts';

type Claim = QueueApi['endpoints']['claim'];
type Outcome = Reply<ValueOf<Claim>, CodeOf<Claim>>;
type Reserved = Extract<Reservation, { outcome: 'reserved' }>;
type NotAssigned = Extract<ReplyOf<SessionApi['endpoints']['assign']>, { ok: false }>;

/** How many sessions that turn out not to wait are passed over for one who asks for the next in line. */
const MOST_PASSED_OVER = 10;

/**
 * [C4] Gives an agent the session named, or the next in line.
 *
 * Redis only says whom to try, and keeps two agents from trying the same one; the session service decides, in one
 * transaction. A reservation is ended as it decides: taken or not waiting, the session leaves the line; refused because
 * of the agent, it stays where it was. When the outcome is unknown the reservation is left to expire, and whether the
 * session still waits is found by the next comparison.
 */
export function createClaim(options: {
  line: Line;
  hands: Hands;
  session: Caller<SessionApi>;
  log: Log;
  onOutcome: (outcome: string) => void;
  /** Something did not fit the record: compare soon. */
  onDoubt: () => void;
  /** Compares with the record here and now. @throws Unavailable */
  compareNow: () => Promise<void>;
}) {
  const { line, hands, session, log } = options;

  /** The record has decided already; what Redis misses now the comparing loop repairs. */
  const note = async (what: string, write: () => Promise<unknown>) => {
    try {
      await write();
    } catch (error) {
      log.warn({ err: error }, `${what} could not be noted in Redis; the comparing loop will`);
      options.onDoubt();
    }
  };

  /** `place` is null when the session named is not in line, or reserved by another, or Redis is gone. */
  const assign = async (agentId: string, sessionId: string, place: Reserved | null) => {
    const reply = await session.assign({ sessionId, agentId });
    if (reply.ok) {
      const { session: taken, wait, repeated } = reply.value;
      await note('A claim', async () => {
        await line.taken(sessionId, taken.epoch, repeated ? undefined : place?.startMs);
        await hands.take([{ sessionId, agentId }]);
      });
      return accept({ session: taken, ...(wait && { wait }) });
    }
    switch (meaningOf(reply)) {
      case 'session does not wait':
        if (place) await note('A session that no longer waits', () => line.gone(sessionId, place.epoch));
        return reply;
      case 'agent cannot take it':
        if (place) await note('The end of a reservation', () => line.giveBack(sessionId, place.token));
        return reply;
      case 'outcome unknown':
        return reply;
    }
  };

  const claimNamed = async (agentId: string, sessionId: string): Promise<Outcome> => {
    // Whatever Redis says, or when it is gone: the record decides, and exactly one agent wins.
    const reservation = await line.reserve(agentId, sessionId).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error;
      return null;
    });
    return await assign(agentId, sessionId, reservation?.outcome === 'reserved' ? reservation : null);
  };

  /** Agents who find the line empty at the same time share one look at the record, which begins after they asked. */
  const looks = gatherWhileBusy<undefined, undefined>({
    maxBatch: Number.POSITIVE_INFINITY,
    run: async (askers) => {
      await options.compareNow();
      return askers;
    },
  });

  const claimNext = async (agentId: string): Promise<Outcome> => {
    let looked = false;
    for (let passedOver = 0; passedOver < MOST_PASSED_OVER; passedOver++) {
      const reservation = await line.reserve(agentId);
      switch (reservation.outcome) {
        case 'empty':
        case 'absent':
          // A wait that was acknowledged a moment ago may not be in line yet; whoever saw that is not told otherwise.
          if (looked) return refuse('QUEUE_EMPTY', 'Nobody is waiting.');
          await looks.add(undefined);
          looked = true;
          break;
        case 'held':
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
/** What a refusal of the record says of the session that was tried. */
function meaningOf({ code, field }: NotAssigned): 'session does not wait' | 'agent cannot take it' | 'outcome unknown' {
  switch (code) {
    case 'NOT_FOUND':
      // It may be the agent that does not exist.
      return field === 'agentId' ? 'agent cannot take it' : 'session does not wait';
    case 'SESSION_CLOSED':
    case 'NOT_WAITING':
    case 'ALREADY_TAKEN':
      return 'session does not wait';
    case 'AT_CAPACITY':
    case 'AGENT_OFFLINE':
    case 'STALE_EPOCH':
    case 'VALIDATION_FAILED':
      return 'agent cannot take it';
    case 'TIMEOUT':
    case 'UNAVAILABLE':
    case 'INTERNAL':
      return 'outcome unknown';
  }
}

export type ClaimSession = ReturnType<typeof createClaim>;
