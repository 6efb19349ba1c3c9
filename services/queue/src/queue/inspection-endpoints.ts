import { accept, type QueueApi, type SessionApi } from '@baton/contracts';
import type { Caller, Handlers } from '@baton/runtime';
import type { Reservations } from '../claims/store-redis.ts';
import type { HeartbeatStore } from '../cluster/store-redis.ts';
import type { PositionReader } from '../positions/position-reader.ts';
import type { PresenceStore } from '../presence/store-redis.ts';
import { compareWithPostgres } from './comparison.ts';
import { priorities } from './order.ts';
import type { QueueStore } from './store-redis.ts';

/** Sessions of each priority that `debug` shows with their metadata. */
const SHOWN = 10;

const iso = (ms: number) => new Date(ms).toISOString();

/** Statistics for supervisors, and what an operator may want to see of Redis. */
export function inspectionEndpoints(options: {
  prefix: string;
  queue: QueueStore;
  reservations: Reservations;
  heartbeats: HeartbeatStore;
  presence: PresenceStore;
  positions: PositionReader;
  session: Caller<SessionApi>;
}): Pick<Handlers<QueueApi>, 'stats' | 'debug'> {
  const { prefix, queue, reservations, heartbeats, presence, positions, session } = options;

  return {
    async stats() {
      const [state, claimed, inputs, connected] = await Promise.all([
        heartbeats.send(),
        reservations.claimedLastHour(),
        positions.estimateInputs.get(),
        presence.connected(),
      ]);
      const starts = state.oldest.filter((start) => start !== null);
      const handling = inputs?.handlingSeconds ?? [];
      return accept({
        lengths: state.lengths,
        longestWaitSeconds: starts.length === 0 ? null : Math.max(0, state.now - Math.min(...starts)) / 1_000,
        claimedLastHour: claimed.count,
        averageWaitSeconds: claimed.averageSeconds,
        averageHandlingSeconds:
          handling.length === 0 ? null : handling.reduce((sum, one) => sum + one, 0) / handling.length,
        agentsPresent: connected.size,
      });
    },

    async debug() {
      const [state, reserved, connected, comparison, ...heads] = await Promise.all([
        heartbeats.send(),
        reservations.list(),
        presence.connected(),
        compareWithPostgres(queue, session).catch(() => null),
        ...priorities.map((priority) => queue.firstOfPriority(priority, SHOWN)),
      ]);
      return accept({
        prefix,
        lengths: state.lengths,
        queues: Object.fromEntries(
          priorities.map((priority, index) => [
            priority,
            (heads[index] ?? []).map(({ sessionId, startMs }) => ({ sessionId, requestedAt: iso(startMs) })),
          ]),
        ),
        metadata: Object.fromEntries(
          heads.flat().flatMap(({ sessionId, waiting }) => (waiting === null ? [] : [[sessionId, waiting]])),
        ),
        claims: reserved.map(({ expiresAtMs, ...claim }) => ({ ...claim, expiresAt: iso(expiresAtMs) })),
        presence: [...connected].map(([agentId, at]) => ({ agentId, lastSeenAt: iso(at) })),
        lastComparedAt: state.reconciledAt === null ? null : iso(state.reconciledAt),
        comparison,
      });
    },
  };
}
