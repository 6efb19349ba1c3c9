import { channels, type WaitingPage, type WaitingView, waitingView } from '@baton/contracts';
import { type Bus, coalesce, hasTypesOf, type Log, type Metrics, startLoop, throttled } from '@baton/runtime';
import type { Emit, TellAgents } from '../../connections/connection.ts';
import { createQueueChanges } from './queue-changes.ts';
import type { QueueReader } from './queue-reader.ts';

/** Gateways share the notifications: the one that receives it reads the queue for all. */
const GROUP = 'gateway';
/** Shortest time between two updates. */
const UPDATE_MS = 300;
const RECONCILE_MS = 5_000;

/**
 * [Q2] The queue that agents see. A notification of a change reaches one gateway, which reads the queue and gives it to
 * all gateways; each shows it to its own agents. Each gateway also reconciles: it reads the queue every few seconds and
 * shows it when it differs from what its agents have, so that neither a lost notification nor an outage of Redis leaves
 * them with an old one.
 */
export function startQueueUpdates(options: {
  bus: Pick<Bus, 'subscribe'>;
  reader: QueueReader;
  agents: { readonly size: number };
  /** The sockets, which are opened after this. */
  sockets: () => { tellAgents: TellAgents; tellGateways: (update: WaitingView) => void };
  log: Log;
  metrics: Metrics;
}) {
  const { log, reader } = options;
  const updates = options.metrics.counter('baton_queue_updates_total', 'Queue updates sent to agents', ['to']);
  const changes = createQueueChanges();
  /** What the agents of this gateway have; undefined when they may not all have the same. */
  let shown: string | undefined;

  const load = async (): Promise<WaitingView | undefined> => {
    const first = await reader.page();
    if (first === undefined) return undefined;
    const { next: _, ...update } = first;
    return update;
  };
  const show = (update: WaitingView) => {
    shown = fingerprint(update);
    const { tellAgents } = options.sockets();
    tellAgents('lists')('queue:update', update);
    const changed = changes.next(update);
    if (changed === undefined) tellAgents('changes')('queue:update', update);
    else tellAgents('changes')('queue:changes', changed);
  };
  const shownToOne = (update: WaitingView) => {
    changes.shownToOne(update);
    // A list from another gateway may have come before one that was read earlier. The reconciler evens it out.
    if (fingerprint(update) !== shown) shown = undefined;
  };

  const changed = coalesce({
    everyMs: UPDATE_MS,
    async run() {
      const update = await load();
      if (update === undefined) return;
      show(update);
      options.sockets().tellGateways(update);
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
      if (update === undefined || fingerprint(update) === shown) return;
      show(update);
      updates.inc({ to: 'here' });
    },
  });

  return {
    load,
    /** Another gateway has read the queue. What it gives passes through Redis, and may be of another release. */
    received(given: unknown): void {
      if (isView(given)) show(given);
      else throttled(log).warn('queue', {}, 'a queue from another gateway does not fit; it is skipped');
    },
    /** Shows the queue to an agent who is sent all that follows. */
    async showTo(emit: Emit): Promise<void> {
      const update = await load();
      if (update === undefined) return;
      emit('queue:update', update);
      shownToOne(update);
    },
    /** The sessions after a position, for an agent. */
    async page(after: number, limit: number): Promise<WaitingPage | undefined> {
      const page = await reader.page(after, limit);
      if (page !== undefined && after === 0) shownToOne(page);
      return page;
    },
    async stop(): Promise<void> {
      await notifications.leave();
      await changed.stop();
      await loop.stop();
    },
  };
}
export type QueueUpdates = ReturnType<typeof startQueueUpdates>;

const hasTypes = hasTypesOf(waitingView);
const isView = (given: unknown): given is WaitingView => hasTypes(given);

const fingerprint = ({ sessions, total }: WaitingView) =>
  `${total} ${sessions.map(({ id, epoch, queueInfo }) => `${id}:${epoch}:${queueInfo.priority}`).join(' ')}`;
