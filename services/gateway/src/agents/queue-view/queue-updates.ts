import {
  type PayloadOf,
  QUEUE_VIEW_SIZE,
  type QueueApi,
  type ServerEvents,
  type Session,
  type SessionApi,
  type WaitingPage,
  waitingAfter,
} from '@baton/contracts';
import { type Caller, type Log, type Metrics, startLoop } from '@baton/runtime';
import { coalesce } from './coalesce.ts';
import { buildWaitingView } from './queue-page.ts';

/** Shortest time between two updates. */
const UPDATE_MS = 300;
const COMPARE_MS = 5_000;

type QueueUpdate = PayloadOf<ServerEvents['queue:update']>;

/**
 * [Q2] The waiting list that agents see. A hint reaches one gateway, which sends the list to all agents everywhere; and
 * each gateway looks by itself every few seconds and tells its own agents when something has changed meanwhile, so that
 * neither a lost hint nor Redis being gone leaves them with an old list.
 */
export function startWaitingList(options: {
  queue: Pick<Caller<QueueApi>, 'list'>;
  session: Pick<Caller<SessionApi>, 'getMany'>;
  agentsHere: () => number;
  /** To all agents, on every gateway. */
  tellAll: (update: QueueUpdate) => void;
  /** To the agents of this gateway. */
  tellHere: (update: QueueUpdate) => void;
  log: Log;
  metrics: Metrics;
}) {
  const { queue, session, log } = options;
  const updates = options.metrics.counter('baton_queue_updates_total', 'Waiting lists sent to agents', ['to']);
  let lastSeen = '';

  /** Those behind the place `after`; the first unless told. */
  const page = async (after = 0, limit = QUEUE_VIEW_SIZE): Promise<WaitingPage | undefined> => {
    const list = await queue.list({ after, limit });
    if (!list.ok) return void log.warn({ code: list.code }, 'the waiting list cannot be had now');
    const sessions = await getMany(
      session,
      list.value.waiting.map(({ sessionId }) => sessionId),
    );
    if (sessions === undefined) return void log.warn('the sessions of the waiting list cannot be had now');
    const view = buildWaitingView(list.value.waiting, sessions);
    const { autoAssign, lengths } = list.value;
    // What was too large for this page begins the next.
    const next = view.at(-1)?.queueInfo.position ?? after + limit;
    const follows = next < lengths.total && waitingAfter.safeParse(next).success;
    return {
      sessions: view,
      total: lengths.total,
      ...(autoAssign !== undefined && { autoAssign }),
      timestamp: new Date().toISOString(),
      next: follows ? next : null,
    };
  };
  const load = async (): Promise<QueueUpdate | undefined> => {
    const first = await page();
    if (first === undefined) return undefined;
    const { next: _, ...update } = first;
    return update;
  };

  const changed = coalesce(UPDATE_MS, log, async () => {
    const update = await load();
    if (update === undefined) return;
    lastSeen = fingerprint(update);
    options.tellAll(update);
    updates.inc({ to: 'all' });
  });
  const loop = startLoop({
    name: 'waiting list',
    everyMs: COMPARE_MS,
    log,
    run: async () => {
      if (options.agentsHere() === 0) return;
      const update = await load();
      if (update === undefined || fingerprint(update) === lastSeen) return;
      lastSeen = fingerprint(update);
      options.tellHere(update);
      updates.inc({ to: 'here' });
    },
  });

  return {
    /** The queue has changed. */
    changed: changed.ask,
    load,
    page,
    async stop(): Promise<void> {
      await changed.stop();
      await loop.stop();
    },
  };
}
export type WaitingList = ReturnType<typeof startWaitingList>;

const fingerprint = ({ sessions, total }: QueueUpdate) =>
  `${total} ${sessions.map(({ id, epoch, queueInfo }) => `${id}:${epoch}:${queueInfo.priority}`).join(' ')}`;

/** Sessions by id; in halves when they cannot be had at once, as the cause may be their size together. */
async function getMany(
  session: Pick<Caller<SessionApi>, 'getMany'>,
  sessionIds: string[],
): Promise<Session[] | undefined> {
  if (sessionIds.length === 0) return [];
  const reply = await session.getMany({ sessionIds });
  if (reply.ok) return reply.value.sessions;
  // Only a refusal that came is worth another try: the service is there.
  if (reply.code !== 'INTERNAL' || sessionIds.length === 1) return undefined;
  const middle = sessionIds.length >> 1;
  const halves = [
    await getMany(session, sessionIds.slice(0, middle)),
    await getMany(session, sessionIds.slice(middle)),
  ];
  return halves.every((half) => half !== undefined) ? halves.flat() : undefined;
}
