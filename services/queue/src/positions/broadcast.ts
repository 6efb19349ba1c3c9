import { channels, type Position } from '@baton/contracts';
import type { Bus, Loop } from '@baton/runtime';
import { type Cluster, startLeaderLoop } from '../cluster/leader-loop.ts';
import type { HeartbeatStore } from '../cluster/store-redis.ts';
import type { PositionOnly, QueueStore } from '../queue/store-redis.ts';
import { type EstimateInputs, estimateWait } from './estimate.ts';
import type { PositionReader } from './position-reader.ts';
import { type RankRange, rangesFromBack } from './rank-ranges.ts';

const EVERY_MS = 500;
/** The positions that are sent at every change. Further back one position matters less, and there may be very many. */
const FRONT = 200;
/** Runs that one pass over the others takes: 8 s. */
const RUNS_PER_PASS = 16;
const LOCK_MS = 2_000;

/** What every customer's wait depends on beside the position. */
interface Circumstances {
  inputs: EstimateInputs | null;
  online: boolean | undefined;
}

/**
 * [Q4] Sends waiting customers their position, the estimated wait and whether an agent is online, when one of them has
 * changed since they were last sent.
 *
 * One instance does it at a time. It remembers in memory what it has sent, so when another takes over, every position
 * is sent once more, which is harmless. The first 200 are sent within half a second, the others in ranges within about
 * 10 s.
 */
export function startPositionBroadcast(options: {
  cluster: Cluster;
  heartbeats: HeartbeatStore;
  queue: QueueStore;
  positions: PositionReader;
  bus: Pick<Bus, 'publish'>;
}): Loop & { sendNow(sessionId: string): Promise<void> } {
  const { heartbeats, queue, positions, bus } = options;
  const sent = new Map<string, string>();
  /** The ranges that are left of the current pass, the sessions it has seen, and the state at its start. */
  let pass: { ranges: RankRange[]; perRun: number; seen: Set<string> } | undefined;
  let passState = '';
  let frontState = '';

  const send = (position: Position) => bus.publish(channels.live.position, { session: position.sessionId }, position);

  const sendIfChanged = (found: PositionOnly, { inputs, online }: Circumstances) => {
    const estimate = estimateWait(found.position, inputs);
    const content = `${found.position} ${estimate?.lowSeconds} ${estimate?.highSeconds} ${online}`;
    if (sent.get(found.sessionId) !== content) send({ ...found, estimate, ...(online !== undefined && { online }) });
    sent.set(found.sessionId, content);
    pass?.seen.add(found.sessionId);
  };

  const sendFront = async (circumstances: Circumstances) => {
    const { lengths, order } = await queue.firstInOrder(FRONT, false);
    for (const [index, { sessionId, priority }] of order.entries())
      sendIfChanged({ sessionId, position: index + 1, waiting: lengths.total, priority }, circumstances);
  };

  const sendRanges = async (circumstances: Circumstances) => {
    if (pass === undefined) return;
    for (const { priority, from, to } of pass.ranges.splice(0, pass.perRun))
      for (const found of await queue.positions(priority, from, to)) sendIfChanged(found, circumstances);
    if (pass.ranges.length > 0) return;
    for (const sessionId of sent.keys()) if (!pass.seen.has(sessionId)) sent.delete(sessionId);
    pass = undefined;
  };

  const forget = () => {
    sent.clear();
    pass = undefined;
    passState = '';
    frontState = '';
  };

  const loop = startLeaderLoop(options.cluster, {
    job: 'positions',
    everyMs: EVERY_MS,
    lockMs: LOCK_MS,
    atOnce: true,
    onFollower: forget,
    async run() {
      const inputs = await positions.estimateInputs.get();
      const { version, since, lengths } = await heartbeats.send();
      // An empty queue asks the session service nothing.
      const online = lengths.total > 0 ? await positions.agentsOnline.get() : undefined;
      const circumstances = { inputs, online };
      const state = `${since} ${version} ${JSON.stringify(circumstances)}`;
      if (pass === undefined && state !== passState) {
        const ranges = rangesFromBack(lengths, Math.max(FRONT, Math.ceil(lengths.total / RUNS_PER_PASS)));
        pass = { ranges, perRun: Math.ceil(ranges.length / RUNS_PER_PASS), seen: new Set() };
        passState = state;
      }
      if (state !== frontState) {
        await sendFront(circumstances);
        frontState = state;
      }
      await sendRanges(circumstances);
    },
  });

  return {
    kick: loop.kick,
    stop: loop.stop,
    /** Sends one session its position at once, because it has just been queued. */
    async sendNow(sessionId: string): Promise<void> {
      const position = await positions.read(sessionId);
      if (position !== null) send(position);
    },
  };
}
export type PositionBroadcast = ReturnType<typeof startPositionBroadcast>;
