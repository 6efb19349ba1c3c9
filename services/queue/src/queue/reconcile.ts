import type { SessionApi, WaitingSession } from '@baton/contracts';
import { type Caller, type Loop, Unavailable } from '@baton/runtime';
import type { Heartbeat } from '../cluster/heartbeat.ts';
import { type Cluster, startLeaderLoop } from '../cluster/leader-loop.ts';
import type { ClusterState, HeartbeatStore } from '../cluster/store-redis.ts';
import { priorities } from './order.ts';
import type { Member, QueueStore } from './store-redis.ts';

/** Sessions in one request to the session service. */
const PAGE = 1_000;
const SCAN = 1_000;
/** Sessions that one script call adds or removes: it takes a few milliseconds. */
const BULK = 250;
/** An instance that dies while it reconciles delays the others by at most this long. */
const LOCK_MS = 3_000;

/** How often each instance checks whether a reconciliation is due. */
const CHECK_EVERY_MS = 250;
/** Health reports when reconciliation has failed for this long. */
const OVERDUE_MS = 15_000;

/** The part of the session service that reconciliation needs. */
export type WaitingLister = Pick<Caller<SessionApi>, 'listWaiting'>;

export interface Repairs {
  added: number;
  moved: number;
  removed: number;
}

/**
 * [Q2] Compares the queue in Redis with Postgres once, and repairs the queue in both directions.
 *
 * Invariant: **Redis is read before Postgres.** A member that Postgres does not list as waiting did not wait at that
 * moment. If it waits again by now, it has a newer epoch than the one read, and removal spares newer epochs. In the
 * other direction, a session that Postgres listed may have left since; leaving is remembered with its epoch, so it is
 * not put back with the same epoch. Both repairs are idempotent, and safe when two instances make them at once.
 *
 * @throws Unavailable when Redis or the session service is unavailable.
 */
export async function reconcileOnce(queue: QueueStore, session: WaitingLister): Promise<Repairs> {
  const repairs: Repairs = { added: 0, moved: 0, removed: 0 };
  const members = await readQueue(queue);

  for await (const page of waitingInPostgres(session)) {
    const wrong: WaitingSession[] = [];
    for (const waiting of page) {
      if (!matches(waiting, members.get(waiting.sessionId))) wrong.push(waiting);
      members.delete(waiting.sessionId);
    }
    for (let from = 0; from < wrong.length; from += BULK) {
      const { added, moved } = await queue.put('correct', wrong.slice(from, from + BULK));
      repairs.added += added;
      repairs.moved += moved;
    }
  }

  const extra = [...members].map(([sessionId, copies]) => ({
    sessionId,
    epoch: Math.max(0, ...copies.map(({ epoch }) => epoch ?? 0)),
  }));
  for (let from = 0; from < extra.length; from += BULK) {
    repairs.removed += await queue.remove(extra.slice(from, from + BULK), false);
  }
  await queue.dropLeftovers();
  return repairs;
}

/** Every copy of every queued session. A session has several only after a fault, which `matches` detects. */
export async function readQueue(queue: QueueStore): Promise<Map<string, Member[]>> {
  const members = new Map<string, Member[]>();
  for (const priority of priorities) {
    let cursor = '0';
    do {
      const page = await queue.scan(priority, cursor, SCAN);
      for (const member of page.members) {
        // A scan may return one member twice.
        const others = (members.get(member.sessionId) ?? []).filter((copy) => copy.priority !== priority);
        members.set(member.sessionId, [...others, member]);
      }
      cursor = page.cursor;
    } while (cursor !== '0');
  }
  return members;
}

function matches(waiting: WaitingSession, copies: readonly Member[] | undefined): boolean {
  const [copy, ...others] = copies ?? [];
  return (
    copy !== undefined &&
    others.length === 0 &&
    copy.priority === waiting.priority &&
    copy.startMs === Date.parse(waiting.requestedAt) &&
    copy.epoch === waiting.epoch
  );
}

/** Page by page. The session service ends a page early when it would not fit one NATS message. */
export async function* waitingInPostgres(session: WaitingLister): AsyncGenerator<WaitingSession[]> {
  let afterId: string | undefined;
  for (;;) {
    const reply = await session.listWaiting({ limit: PAGE, ...(afterId !== undefined && { afterId }) });
    if (!reply.ok) throw new Unavailable(`session.listWaiting: ${reply.code}`);
    yield reply.value.waiting;
    afterId = reply.value.waiting.at(-1)?.sessionId;
    if (!reply.value.hasMore || afterId === undefined) return;
  }
}

/** Reconciles every few seconds, and at once when a new generation starts or `kick` reports a doubt. */
export function startReconciler(options: {
  cluster: Cluster;
  heartbeats: HeartbeatStore;
  queue: QueueStore;
  session: WaitingLister;
  everyMs: number;
  onReconciled: (repairs: Repairs, seconds: number) => void;
}): Loop & { now(): Promise<void> } {
  const { cluster, heartbeats, queue } = options;
  /** A reconciliation is due that starts after this time, by Redis' clock. */
  let wantedAfter = 0;

  const reconcile = async () => {
    const start = performance.now();
    const { now } = await heartbeats.send();
    const repairs = await reconcileOnce(queue, options.session);
    await queue.reconciled(now);
    const seconds = (performance.now() - start) / 1_000;
    options.onReconciled(repairs, seconds);
    const level = repairs.added + repairs.moved + repairs.removed > 0 ? 'info' : 'debug';
    cluster.log[level]({ ...repairs, ms: Math.round(seconds * 1_000) }, 'reconciled with the session service');
  };
  const isDue = ({ now, reconciledAt }: ClusterState) =>
    reconciledAt === null || reconciledAt <= wantedAfter || now - reconciledAt >= options.everyMs;

  const loop = startLeaderLoop(cluster, {
    job: 'reconciliation',
    everyMs: CHECK_EVERY_MS,
    lockMs: LOCK_MS,
    atOnce: true,
    perRun: true,
    isDue,
    async run() {
      // Another instance may have reconciled since the last heartbeat.
      if (isDue(await heartbeats.send())) await reconcile();
    },
  });

  return {
    stop: loop.stop,
    kick() {
      wantedAfter = cluster.heartbeat.latest?.now ?? 0;
      loop.kick();
    },
    /** Reconciles at once, also while another instance does. @throws Unavailable */
    now: reconcile,
  };
}

/**
 * For health: the queue may be wrong when a reconciliation has been due for long. One is due from the start of a
 * generation, and before the first heartbeat from the start of this process.
 * @returns what is not known yet. @throws an error that says since when.
 */
export function createReconciliationCheck(
  heartbeat: Pick<Heartbeat, 'latest'>,
  clock: () => number = () => performance.now(),
) {
  const startedAt = clock();
  return async (): Promise<string | undefined> => {
    const state = heartbeat.latest;
    if (state !== undefined && state.reconciledAt !== null) {
      const ms = state.now - Math.max(state.reconciledAt, state.since);
      if (ms <= OVERDUE_MS) return undefined;
      const seconds = Math.round((state.now - state.reconciledAt) / 1_000);
      throw new Error(`last reconciled with the session service ${seconds} s ago`);
    }
    const waitingMs = state === undefined ? clock() - startedAt : state.now - state.since;
    if (waitingMs <= OVERDUE_MS) return 'starting: not reconciled with the session service yet';
    throw new Error(`not reconciled with the session service for ${Math.round(waitingMs / 1_000)} s`);
  };
}
