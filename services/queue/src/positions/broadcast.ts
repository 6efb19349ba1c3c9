import type { Position, Subjects } from '@baton/contracts';
import { type Announcer, type Log, type Loop, startLoop } from '@baton/runtime';
import type { Heart } from '../cluster/heartbeat.ts';
import type { Pulse } from '../cluster/store-redis.ts';
import type { Line } from '../queue/store-redis.ts';
import type { Online } from './agents-online.ts';
import { type Basis, estimateWait } from './estimate.ts';
import type { BasisSource } from './estimate-inputs.ts';
import { type Slice, slicesFromBack } from './rank-ranges.ts';

const EVERY_MS = 500;
/** Those who are told at each change. Further back a place less matters less, and there may be very many. */
const FRONT = 200;
/** A pass over the others takes so many runs: 8 s. */
const RUNS_PER_PASS = 16;
const LOCK_MS = 2_000;

/** What everybody's wait depends on beside the own place. */
interface Circumstances {
  basis: Basis | null;
  online: boolean | undefined;
}

/**
 * [Q4] Tells waiting customers their place, the estimate and whether an agent is online, when one of them has changed since
 * they were last told.
 *
 * One instance does it at a time. What it has told it keeps in memory: when another takes over, everybody is told once
 * more, which harms nobody. The first 200 are told within half a second, the others in slices within some 10 s.
 */
export function startPushing(options: {
  line: Line;
  pulse: Pulse;
  heart: Heart;
  basis: BasisSource;
  online: Online;
  announcer: Announcer;
  subjects: Subjects;
  log: Log;
}): Loop & { tellNow(sessionId: string): Promise<void> } {
  const { line, pulse, heart, announcer, subjects } = options;
  const told = new Map<string, string>();
  /** Slices of the pass that is under way, who was seen in it, and the state at its beginning. */
  let pass: { slices: Slice[]; perRun: number; seen: Set<string> } | undefined;
  let passState = '';
  let frontState = '';

  const publish = (place: Omit<Position, 'estimate'>, { basis, online }: Circumstances): string => {
    const estimate = estimateWait(place.position, basis);
    const said = `${place.position} ${estimate?.lowSeconds} ${estimate?.highSeconds} ${online}`;
    if (told.get(place.sessionId) !== said) {
      const position: Position = { ...place, estimate, ...(online !== undefined && { online }) };
      announcer.live(subjects.live(place.sessionId, 'position'), position);
    }
    return said;
  };

  const tellFront = async (circumstances: Circumstances) => {
    const { lengths, order } = await line.first(FRONT, false);
    for (const [index, { sessionId, priority }] of order.entries()) {
      const place = { sessionId, position: index + 1, waiting: lengths.total, priority };
      told.set(sessionId, publish(place, circumstances));
      pass?.seen.add(sessionId);
    }
    return lengths;
  };

  const tellSlices = async (circumstances: Circumstances) => {
    if (pass === undefined) return;
    for (const slice of pass.slices.splice(0, pass.perRun)) {
      for (const place of await line.slice(slice.level, slice.from, slice.to)) {
        told.set(place.sessionId, publish(place, circumstances));
        pass.seen.add(place.sessionId);
      }
    }
    if (pass.slices.length > 0) return;
    for (const sessionId of told.keys()) if (!pass.seen.has(sessionId)) told.delete(sessionId);
    pass = undefined;
  };

  const forget = () => {
    told.clear();
    pass = undefined;
    passState = '';
    frontState = '';
  };

  const loop = startLoop({
    name: 'push',
    everyMs: EVERY_MS,
    atOnce: true,
    log: options.log,
    run: heart.whenBeating(async () => {
      if (!(await pulse.lead('push', LOCK_MS))) return forget();
      const basis = await options.basis.get();
      const { version, since, lengths } = await pulse.beat();
      // Nobody is asked while nobody waits.
      const online = lengths.total > 0 ? await options.online.get() : undefined;
      const circumstances = { basis, online };
      const state = `${since} ${version} ${JSON.stringify(circumstances)}`;
      if (pass === undefined && state !== passState) {
        const size = Math.max(FRONT, Math.ceil(lengths.total / RUNS_PER_PASS));
        const slices = slicesFromBack([lengths.high, lengths.normal, lengths.low], size);
        pass = { slices, perRun: Math.ceil(slices.length / RUNS_PER_PASS), seen: new Set() };
        passState = state;
      }
      if (state !== frontState) {
        await tellFront(circumstances);
        frontState = state;
      }
      await tellSlices(circumstances);
    }),
  });

  return {
    kick: loop.kick,
    async stop() {
      await loop.stop();
      await pulse.yieldLead('push').catch(() => {});
    },
    /** Tells one session at once, without waiting for its turn: it has just joined the line. */
    async tellNow(sessionId: string): Promise<void> {
      const place = await line.place(sessionId);
      if (place === null) return;
      const [basis, online] = await Promise.all([options.basis.get(), options.online.now()]);
      const estimate = estimateWait(place.position, basis);
      const position: Position = { ...place, estimate, ...(online !== undefined && { online }) };
      announcer.live(subjects.live(sessionId, 'position'), position);
    },
  };
}
export type Pusher = ReturnType<typeof startPushing>;
