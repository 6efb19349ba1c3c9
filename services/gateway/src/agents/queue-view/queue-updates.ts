import {
  channels,
  type PayloadOf,
  QUEUE_VIEW_SIZE,
  type QueueApi,
  type ServerEvents,
  type Session,
  type SessionApi,
  type WaitingPage,
  waitingAfter,
} from '@baton/contracts';
import { type Bus, type Caller, coalesce, type Log, type Metrics, startLoop } from '@baton/runtime';
import type { Emit } from '../../connections/emit.ts';
import { buildQueuePage } from './queue-page.ts';

/** Gateways share the notifications: the one that receives it serves the agents of all. */
const GROUP = 'gateway';
/** Shortest time between two updates. */
const UPDATE_MS = 300;
const RECONCILE_MS = 5_000;

type QueueUpdate = PayloadOf<ServerEvents['queue:update']>;

/**
 * [Q2] The queue that agents see. A notification of a change reaches one gateway, which sends the queue to the agents
 * of all gateways. Each gateway also reads the queue every few seconds and sends it to its own agents when it differs,
 * so that neither a lost notification nor an outage of Redis leaves them with an old one.
 */
export function startQueueUpdates(options: {
  bus: Pick<Bus, 'subscribe'>;
  queue: Pick<Caller<QueueApi>, 'list'>;
  session: Pick<Caller<SessionApi>, 'getMany'>;
  agents: { readonly size: number };
  /** The sockets, which are opened after this. */
  tell: () => { tellAllAgents: Emit; tellOwnAgents: Emit };
  log: Log;
  metrics: Metrics;
}) {
  const { queue, session, log } = options;
  const updates = options.metrics.counter('baton_queue_updates_total', 'Queue updates sent to agents', ['to']);
  let lastSeen = '';

  /** The sessions after position `after`; from the front of the queue by default. */
  const page = async (after = 0, limit = QUEUE_VIEW_SIZE): Promise<WaitingPage | undefined> => {
    const list = await queue.list({ after, limit });
    if (!list.ok) return void log.warn({ code: list.code }, 'the queue cannot be read now');
    const sessions = await getMany(
      session,
      list.value.waiting.map(({ sessionId }) => sessionId),
    );
    if (sessions === undefined) return void log.warn('the sessions of the queue cannot be read now');
    const view = buildQueuePage(list.value.waiting, sessions);
    const { autoAssign, lengths } = list.value;
    // What did not fit this page starts the next.
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

  const changed = coalesce({
    everyMs: UPDATE_MS,
    async run() {
      const update = await load();
      if (update === undefined) return;
      lastSeen = fingerprint(update);
      options.tell().tellAllAgents('queue:update', update);
      updates.inc({ to: 'all' });
    },
    onError: (error) => log.error({ err: error }, 'a queue update failed'),
  });
  const notifications = options.bus.subscribe(channels.queue.changed, {}, changed.ask, { group: GROUP });
  const loop = startLoop({
    name: 'reconciliation of the queue',
    everyMs: RECONCILE_MS,
    log,
    run: async () => {
      if (options.agents.size === 0) return;
      const update = await load();
      if (update === undefined || fingerprint(update) === lastSeen) return;
      lastSeen = fingerprint(update);
      options.tell().tellOwnAgents('queue:update', update);
      updates.inc({ to: 'here' });
    },
  });

  return {
    load,
    page,
    async stop(): Promise<void> {
      await notifications.leave();
      await changed.stop();
      await loop.stop();
    },
  };
}
export type QueueUpdates = ReturnType<typeof startQueueUpdates>;

const fingerprint = ({ sessions, total }: QueueUpdate) =>
  `${total} ${sessions.map(({ id, epoch, queueInfo }) => `${id}:${epoch}:${queueInfo.priority}`).join(' ')}`;

/** Sessions by id. If one request fails, their size together may be the cause, and each half is requested by itself. */
async function getMany(
  session: Pick<Caller<SessionApi>, 'getMany'>,
  sessionIds: string[],
): Promise<Session[] | undefined> {
  if (sessionIds.length === 0) return [];
  const reply = await session.getMany({ sessionIds });
  if (reply.ok) return reply.value.sessions;
  // Only an answer is worth another try: without one the service is down.
  if (reply.code !== 'INTERNAL' || sessionIds.length === 1) return undefined;
  const middle = sessionIds.length >> 1;
  const halves = [
    await getMany(session, sessionIds.slice(0, middle)),
    await getMany(session, sessionIds.slice(middle)),
  ];
  return halves.every((half) => half !== undefined) ? halves.flat() : undefined;
}
