import { type Log, type Loop, startLoop, Unavailable } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import type { Beat, Pulse } from './store-redis.ts';

const EVERY_MS = 500;
const NATS_ANSWERS_WITHIN_MS = 1_000;
/** What a beat found is good for so long. */
const FRESH_MS = 2_000;

export interface Heart extends Loop {
  /** What the last beat found, however long ago. */
  readonly latest: Beat | undefined;
  /**
   * Work that needs Redis and NATS, given the last beat with the time brought forward. It is left out while either is gone, and quiet when one goes in the middle of it, since
   * the connections report that themselves and the next run begins afresh.
   */
  whenBeating(run: (beat: Beat) => Promise<void>): () => Promise<void>;
}

/**
 * Beats twice a second while this instance hears both NATS and Redis. The beats of all instances together say since
 * when nothing was missed: a pause, or a marker that Redis has lost, begins a new stretch, in which the line must be
 * compared at once [Q2] and agents have their whole grace again [Q3].
 */
export function startHeart(options: { pulse: Pulse; nats: NatsConnection; log: Log; onNewStretch: () => void }): Heart {
  const { pulse, nats, log } = options;
  let latest: Beat | undefined;
  let latestAt = Number.NEGATIVE_INFINITY;
  let flushing: Promise<boolean> | undefined;

  const natsAnswers = async (): Promise<boolean> => {
    // While NATS is gone a flush stays open: one of them is enough.
    flushing ??= nats
      .flush()
      .then(() => true)
      .catch(() => false)
      .finally(() => {
        flushing = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), NATS_ANSWERS_WITHIN_MS);
    });
    try {
      return await Promise.race([flushing, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  const quietly = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      log.debug({ detail: error.message }, 'left for the next run');
    }
  };

  const loop = startLoop({
    name: 'heart',
    everyMs: EVERY_MS,
    atOnce: true,
    log,
    run: () =>
      quietly(async () => {
        if (!(await natsAnswers())) return;
        const beat = await pulse.beat();
        const stretchIsNew = latest?.since !== beat.since;
        latest = beat;
        latestAt = performance.now();
        if (stretchIsNew) options.onNewStretch();
      }),
  });

  return {
    kick: loop.kick,
    stop: loop.stop,
    get latest() {
      return latest;
    },
    whenBeating: (run) => () =>
      quietly(async () => {
        const age = performance.now() - latestAt;
        if (latest !== undefined && age < FRESH_MS) await run({ ...latest, now: latest.now + Math.round(age) });
      }),
  };
}
