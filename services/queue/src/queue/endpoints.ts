import {
  accept,
  type QueueApi,
  refuse,
  type ServiceHealth,
  type SessionApi,
  type WaitingSession,
} from '@baton/contracts';
import type { Caller, Handlers } from '@baton/runtime';
import type { ClaimSession } from '../claims/claim.ts';
import type { Pulse } from '../cluster/store-redis.ts';
import type { Online } from '../positions/agents-online.ts';
import { estimateWait } from '../positions/estimate.ts';
import type { BasisSource } from '../positions/estimate-inputs.ts';
import type { Presence } from '../presence/store-redis.ts';
import { createAdd } from './add.ts';
import { ANY_EPOCH } from './changes-redis.ts';
import { levels } from './order.ts';
import { compareWithRecord } from './record-diff.ts';
import type { Line } from './store-redis.ts';

/** Members of each level that the debug view shows, with all that is known of them. */
const SHOWN = 10;
/** NATS carries 1 MiB in a message unless told otherwise; a longer answer ends where it is full. */
const MOST_BYTES = 900_000;

const REBUILDING = 'The waiting list is being rebuilt; try again in a few seconds.';
const iso = (ms: number) => new Date(ms).toISOString();

/** What others may ask of the queue. */
export function createEndpoints(parts: {
  prefix: string;
  line: Line;
  pulse: Pulse;
  presence: Presence;
  basis: BasisSource;
  online: Online;
  session: Caller<SessionApi>;
  claim: ClaimSession;
  autoAssign: boolean;
  /** Compares with the record here and now. */
  compareNow: () => Promise<void>;
  health: () => Promise<ServiceHealth>;
}): Handlers<QueueApi> {
  const { line, pulse, presence, basis, session } = parts;

  const positionOf = async (sessionId: string) => {
    const place = await line.place(sessionId);
    if (place === null) return null;
    const [known, online] = await Promise.all([basis.get(), parts.online.now()]);
    return { ...place, estimate: estimateWait(place.position, known), ...(online !== undefined && { online }) };
  };

  return {
    add: createAdd({ line, session, positionOf }),

    claim: parts.claim,

    async next() {
      const [{ lengths, waiting }, { comparedAt }] = await Promise.all([line.first(1, true), pulse.beat()]);
      const [first] = waiting;
      if (first === undefined && (lengths.total > 0 || comparedAt === null)) return refuse('UNAVAILABLE', REBUILDING);
      return accept({ next: first === undefined ? null : withWaitingTime(first) });
    },

    async remove({ sessionId }) {
      return accept({ removed: (await line.remove([{ sessionId, epoch: ANY_EPOCH }], false)) > 0 });
    },

    async position({ sessionId }) {
      const position = await positionOf(sessionId);
      if (position) return accept(position);
      const { comparedAt } = await pulse.beat();
      if (comparedAt === null) return refuse('UNAVAILABLE', REBUILDING);
      return refuse('NOT_FOUND', 'This session is not waiting.', 'sessionId');
    },

    async length() {
      return accept((await pulse.beat()).lengths);
    },

    async list({ after, limit }) {
      const { lengths, waiting } = await line.first(limit, true, after);
      return accept({ lengths, waiting: thatFit(waiting.map(withWaitingTime)), autoAssign: parts.autoAssign });
    },

    async clear() {
      const reply = await session.clearWaiting({});
      if (reply.ok) await parts.compareNow();
      return reply;
    },

    async stats() {
      const [beat, claimed, known, connected] = await Promise.all([
        pulse.beat(),
        line.claimedLastHour(),
        basis.get(),
        presence.connected(),
      ]);
      const starts = beat.oldest.filter((start) => start !== null);
      const handling = known?.handlingSeconds ?? [];
      return accept({
        lengths: beat.lengths,
        longestWaitSeconds: starts.length === 0 ? null : Math.max(0, beat.now - Math.min(...starts)) / 1_000,
        claimedLastHour: claimed.count,
        averageWaitSeconds: claimed.averageSeconds,
        averageHandlingSeconds:
          handling.length === 0 ? null : handling.reduce((sum, one) => sum + one, 0) / handling.length,
        agentsPresent: connected.size,
      });
    },

    async presence({ present, gone }) {
      await presence.report(present, gone);
      return accept({ present: (await presence.connected()).size });
    },

    async debug() {
      const [beat, claims, connected, comparison, ...shown] = await Promise.all([
        pulse.beat(),
        line.claims(),
        presence.connected(),
        compareWithRecord(line, session).catch(() => null),
        ...levels.map((_, level) => line.head(level, SHOWN)),
      ]);
      const members = shown.flat();
      return accept({
        prefix: parts.prefix,
        lengths: beat.lengths,
        queues: Object.fromEntries(
          levels.map((name, level) => [
            name,
            (shown[level] ?? []).map(({ sessionId, startMs }) => ({ sessionId, requestedAt: iso(startMs) })),
          ]),
        ),
        metadata: Object.fromEntries(
          members.flatMap(({ sessionId, waiting }) => (waiting === null ? [] : [[sessionId, waiting]])),
        ),
        claims: claims.map(({ expiresAtMs, ...claim }) => ({ ...claim, expiresAt: iso(expiresAtMs) })),
        presence: [...connected].map(([agentId, at]) => ({ agentId, lastSeenAt: iso(at) })),
        lastComparedAt: beat.comparedAt === null ? null : iso(beat.comparedAt),
        comparison,
      });
    },

    async health() {
      return accept(await parts.health());
    },
  };
}

const withWaitingTime = <Waiting extends WaitingSession>(waiting: Waiting) => ({
  ...waiting,
  waitedSeconds: Math.max(0, Date.now() - Date.parse(waiting.requestedAt)) / 1_000,
});

/** The first of them, as many as one message carries. */
function thatFit<Waiting>(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  const full = waiting.findIndex((one) => {
    bytes += Buffer.byteLength(JSON.stringify(one)) + 1;
    return bytes > MOST_BYTES;
  });
  return full === -1 ? waiting : waiting.slice(0, full);
}
