import type { SessionApi, WaitingSession } from '@baton/contracts';
import { type Caller, type Log, type Loop, startLoop, Unavailable } from '@baton/runtime';
import type { Heart } from '../cluster/heartbeat.ts';
import type { Beat, Pulse } from '../cluster/store-redis.ts';
import { levelOf, levels } from './order.ts';
import type { Line, Member } from './store-redis.ts';

/** Sessions asked of the record at once. */
const PAGE = 1_000;
const SCAN = 1_000;
/** Sessions that one script call puts in line or takes out: a call stays in the low milliseconds. */
const BULK = 250;
/** An instance that dies while it compares holds the others up for no longer than this. */
const LOCK_MS = 3_000;

/** How often each instance looks whether a comparison is due. */
const LOOK_EVERY_MS = 250;
/** Comparisons that have failed for so long are a fault to be told. */
const OVERDUE_MS = 15_000;

/** The part of the session service that comparing needs. */
type WaitingLister = Pick<Caller<SessionApi>, 'listWaiting'>;

export interface Repairs {
  added: number;
  moved: number;
  removed: number;
}

/**
 * [Q2] One comparison of the line with the record, repairing the line both ways.
 *
 * Invariant: **the line is read before the record is asked.** A member that the record then does not list as waiting
 * did not wait at that moment; it may wait again by now, but then with a newer epoch, and removal spares a newer epoch
 * than the one that was read. The other way round, a session that the record lists may have left since; leaving is
 * remembered with its epoch, and what has left is not put back with the same epoch. Both repairs can be repeated, and
 * made by two instances at once, without harm.
 *
 * @throws Unavailable when Redis, or the session service, cannot be reached.
 */
export async function compareOnce(line: Line, session: WaitingLister): Promise<Repairs> {
  const repairs: Repairs = { added: 0, moved: 0, removed: 0 };
  const members = await readLine(line);

  for await (const page of waitingByRecord(session)) {
    const wrong: WaitingSession[] = [];
    for (const one of page) {
      if (!isInPlace(one, members.get(one.sessionId))) wrong.push(one);
      members.delete(one.sessionId);
    }
    for (let from = 0; from < wrong.length; from += BULK) {
      const { added, moved } = await line.put('correct', wrong.slice(from, from + BULK));
      repairs.added += added;
      repairs.moved += moved;
    }
  }

  const extra = [...members].map(([sessionId, places]) => ({
    sessionId,
    epoch: Math.max(0, ...places.map(({ epoch }) => epoch ?? 0)),
  }));
  for (let from = 0; from < extra.length; from += BULK) {
    repairs.removed += await line.remove(extra.slice(from, from + BULK), false);
  }
  await line.sweep();
  return repairs;
}

/** Every place of every session in line. More than one for a session is a fault that `isInPlace` finds. */
export async function readLine(line: Line): Promise<Map<string, Member[]>> {
  const members = new Map<string, Member[]>();
  for (const level of levels.keys()) {
    let cursor = '0';
    do {
      const page = await line.scan(level, cursor, SCAN);
      for (const member of page.members) {
        // A scan may give one member twice.
        const places = (members.get(member.sessionId) ?? []).filter((place) => place.level !== level);
        members.set(member.sessionId, [...places, member]);
      }
      cursor = page.cursor;
    } while (cursor !== '0');
  }
  return members;
}

function isInPlace(waiting: WaitingSession, places: readonly Member[] | undefined): boolean {
  const [place, ...others] = places ?? [];
  return (
    place !== undefined &&
    others.length === 0 &&
    place.level === levelOf(waiting.priority) &&
    place.startMs === Date.parse(waiting.requestedAt) &&
    place.epoch === waiting.epoch
  );
}

/** The session service ends a page early when its texts would not fit one NATS message. */
export async function* waitingByRecord(session: WaitingLister): AsyncGenerator<WaitingSession[]> {
  let afterId: string | undefined;
  for (;;) {
    const reply = await session.listWaiting({ limit: PAGE, ...(afterId !== undefined && { afterId }) });
    if (!reply.ok) throw new Unavailable(`session.listWaiting: ${reply.code}`);
    yield reply.value.waiting;
    afterId = reply.value.waiting.at(-1)?.sessionId;
    if (!reply.value.hasMore || afterId === undefined) return;
  }
}

/** The second comparing loop: every few seconds, and at once when a new stretch begins or somebody is in doubt. */
export function startComparing(options: {
  line: Line;
  pulse: Pulse;
  heart: Heart;
  session: Caller<SessionApi>;
  everyMs: number;
  log: Log;
  onCompared: (repairs: Repairs, seconds: number) => void;
}): Loop & { now(): Promise<void> } {
  const { line, pulse, heart, log } = options;
  /** A comparison is wanted that began after this time of Redis' clock. */
  let wantedAfter = 0;

  const compare = async () => {
    const start = performance.now();
    const { now } = await pulse.beat();
    const repairs = await compareOnce(line, options.session);
    await line.compared(now);
    const seconds = (performance.now() - start) / 1_000;
    options.onCompared(repairs, seconds);
    const level = repairs.added + repairs.moved + repairs.removed > 0 ? 'info' : 'debug';
    log[level]({ ...repairs, ms: Math.round(seconds * 1_000) }, 'compared with the session service');
  };
  const isDue = ({ now, comparedAt }: Beat) =>
    comparedAt === null || comparedAt <= wantedAfter || now - comparedAt >= options.everyMs;

  const loop = startLoop({
    name: 'compare',
    everyMs: LOOK_EVERY_MS,
    atOnce: true,
    log,
    run: heart.whenBeating(async (beat) => {
      if (!isDue(beat) || !(await pulse.lead('compare', LOCK_MS))) return;
      try {
        // Another instance may have compared since that beat.
        if (isDue(await pulse.beat())) await compare();
      } finally {
        await pulse.yieldLead('compare').catch(() => {});
      }
    }),
  });

  return {
    stop: loop.stop,
    kick() {
      wantedAfter = heart.latest?.now ?? 0;
      loop.kick();
    },
    /** Compares here and now, whoever else does. @throws Unavailable */
    now: compare,
  };
}

/**
 * For health: the line is not known to be right when a comparison has been due for long. One is due from the start of a
 * stretch, and before the first beat from the start of this process.
 * @returns what is not known yet. @throws saying since when.
 */
export function createComparedCheck(heart: Pick<Heart, 'latest'>, clock: () => number = () => performance.now()) {
  const startedAt = clock();
  return async (): Promise<string | undefined> => {
    const beat = heart.latest;
    if (beat !== undefined && beat.comparedAt !== null) {
      const ms = beat.now - Math.max(beat.comparedAt, beat.since);
      if (ms <= OVERDUE_MS) return undefined;
      throw new Error(
        `last compared with the session service ${Math.round((beat.now - beat.comparedAt) / 1_000)} s ago`,
      );
    }
    const waitingMs = beat === undefined ? clock() - startedAt : beat.now - beat.since;
    if (waitingMs <= OVERDUE_MS) return 'starting: not compared with the session service yet';
    throw new Error(`not compared with the session service for ${Math.round(waitingMs / 1_000)} s`);
  };
}
