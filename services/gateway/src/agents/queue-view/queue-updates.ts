import { channels, type PayloadOf, type ServerEvents } from '@baton/contracts';
import { type Bus, coalesce, type Log, type Metrics, startLoop } from '@baton/runtime';
import type { TellAgents } from '../../connections/emit.ts';
import { createQueueChanges } from './queue-changes.ts';
import type { QueueReader } from './queue-reader.ts';

/** Gateways share the notifications: the one that receives it serves the agents of all. */
const GROUP = 'gateway';
/** Shortest time between two updates. */
const UPDATE_MS = 300;
const RECONCILE_MS = 5_000;

type QueueUpdate = PayloadOf<ServerEvents['queue:update']>;

/**
 * [Q2] The queue that agents see. A notification of a change reaches one gateway, which sends the queue to the agents
 * of all gateways. Each gateway also reconciles: it reads the queue every few seconds and sends it to its own agents
 * when it differs, so that neither a lost notification nor an outage of Redis leaves them with an old one.
 */
export function startQueueUpdates(options: {
  bus: Pick<Bus, 'subscribe'>;
  reader: QueueReader;
  agents: { readonly size: number };
  /** The sockets, which are opened after this. */
  tellAgents: () => TellAgents;
  log: Log;
  metrics: Metrics;
}) {
  const { log } = options;
  const updates = options.metrics.counter('baton_queue_updates_total', 'Queue updates sent to agents', ['to']);
  const changes = createQueueChanges();
  let lastSeen = '';

  const load = async (): Promise<QueueUpdate | undefined> => {
    const first = await options.reader.page();
    if (first === undefined) return undefined;
    const { next: _, ...update } = first;
    return update;
  };
  const send = (gateways: 'all' | 'own', update: QueueUpdate) => {
    lastSeen = fingerprint(update);
    const tell = options.tellAgents();
    tell({ gateways, apply: 'lists' })('queue:update', update);
    const changed = changes.next(update);
    if (changed === undefined) tell({ gateways, apply: 'changes' })('queue:update', update);
    else tell({ gateways, apply: 'changes' })('queue:changes', changed);
    updates.inc({ to: gateways === 'all' ? 'all' : 'here' });
  };

  const changed = coalesce({
    everyMs: UPDATE_MS,
    async run() {
      const update = await load();
      if (update !== undefined) send('all', update);
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
      if (update !== undefined && fingerprint(update) !== lastSeen) send('own', update);
    },
  });

  return {
    load,
    page: options.reader.page,
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
