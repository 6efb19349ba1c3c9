import { type Bus, type Log, type Loop, startLoop, Unavailable } from '@baton/runtime';
import type { ClusterState, HeartbeatStore } from './store-redis.ts';

const EVERY_MS = 500;
const NATS_TIMEOUT_MS = 1_000;
/** How long the state that a heartbeat has read may be used. */
const FRESH_MS = 2_000;

export interface Heartbeat extends Loop {
  /** What the last heartbeat read, however long ago. */
  readonly latest: ClusterState | undefined;
  /**
   * Wraps work that needs Redis and NATS. It gets the latest state with its time brought up to now, and is skipped
   * while either server is unavailable. When one fails during the work, nothing is logged above debug: the connection
   * has reported it, and the next run starts over.
   */
  whenAlive(run: (state: ClusterState) => Promise<void>): () => Promise<void>;
}

/**
 * Sends a heartbeat twice a second while this instance reaches both NATS and Redis. The heartbeats of all instances
 * together define the generation: the period in which no notification was missed. A pause, or the loss of Redis' data,
 * starts a new generation, in which the queue is reconciled at once [Q2] and agents have their full grace period
 * again [Q3].
 */
export function startHeartbeat(options: {
  heartbeats: HeartbeatStore;
  bus: Pick<Bus, 'answersWithin'>;
  log: Log;
  onNewGeneration: () => void;
}): Heartbeat {
  const { heartbeats, bus, log } = options;
  let latest: ClusterState | undefined;
  let latestAt = Number.NEGATIVE_INFINITY;

  const unlessUnavailable = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      log.debug({ detail: error.message }, 'left to the next run');
    }
  };

  const loop = startLoop({
    name: 'heartbeat',
    everyMs: EVERY_MS,
    atOnce: true,
    log,
    run: () =>
      unlessUnavailable(async () => {
        if (!(await bus.answersWithin(NATS_TIMEOUT_MS))) return;
        const state = await heartbeats.send();
        const isNewGeneration = latest?.since !== state.since;
        latest = state;
        latestAt = performance.now();
        if (isNewGeneration) options.onNewGeneration();
      }),
  });

  return {
    kick: loop.kick,
    stop: loop.stop,
    get latest() {
      return latest;
    },
    whenAlive: (run) => () =>
      unlessUnavailable(async () => {
        const age = performance.now() - latestAt;
        if (latest !== undefined && age < FRESH_MS) await run({ ...latest, now: latest.now + Math.round(age) });
      }),
  };
}
