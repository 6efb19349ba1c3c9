import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { Heartbeat } from './heartbeat.ts';
import type { ClusterState, LeaderJob, LeaderLock } from './store-redis.ts';

/** What every leader loop needs. */
export interface Cluster {
  heartbeat: Heartbeat;
  lock: LeaderLock;
  log: Log;
}

/**
 * A periodic job that one instance does at a time, while Redis and NATS are available.
 *
 * Each run acquires or renews the job's leader lock; other instances skip theirs. The lock is released when the loop
 * stops, so another instance takes over at once, and expires `lockMs` after an instance that died. With `perRun` it is
 * released after each run, for a job that any instance may do next.
 */
export function startLeaderLoop(
  { heartbeat, lock, log }: Cluster,
  options: {
    job: LeaderJob;
    everyMs: number;
    lockMs: number;
    atOnce?: boolean;
    perRun?: boolean;
    /** Checked before the lock. */
    isDue?: (state: ClusterState) => boolean;
    /** Runs instead of `run` while another instance has the lock. */
    onFollower?: () => void;
    run: (state: ClusterState) => Promise<void>;
  },
): Loop {
  const { job, lockMs, perRun = false, isDue = () => true } = options;
  const release = () => lock.release(job).catch(() => {});

  const loop = startLoop({
    name: job,
    everyMs: options.everyMs,
    atOnce: options.atOnce ?? false,
    log,
    run: heartbeat.whenAlive(async (state) => {
      if (!isDue(state)) return;
      if (!(await lock.acquire(job, lockMs))) return options.onFollower?.();
      try {
        await options.run(state);
      } finally {
        if (perRun) await release();
      }
    }),
  });

  return {
    kick: loop.kick,
    async stop() {
      await loop.stop();
      await release();
    },
  };
}
