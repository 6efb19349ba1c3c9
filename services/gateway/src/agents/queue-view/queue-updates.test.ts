import type { QueuedSession, WaitingChanges, WaitingPage, WaitingView } from '@baton/contracts';
import { createLog, createMetrics } from '@baton/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Emit } from '../../connections/connection.ts';
import { startQueueUpdates } from './queue-updates.ts';

const stops: (() => Promise<void>)[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  vi.useRealTimers();
});

const at = '2026-11-01T12:00:00.000Z';
const row = (id: string, lastSeq: number): QueuedSession => ({
  ...{ id, userId: 'customer', status: 'waiting', assignedAgent: null, agentName: null, botContext: null },
  ...{ metadata: {}, epoch: 2, lastSeq, waitingSince: at, closedAt: null, createdAt: at, updatedAt: at },
  queueInfo: { sessionId: id, reason: 'r', priority: 'normal', requestedAt: at, brief: null, position: 1 },
});
/** The queue with these sessions, in this order; each number stands for what is in one. */
const queueOf = (lastSeqs: Record<string, number>): WaitingPage => {
  const rows = Object.entries(lastSeqs).map(([id, lastSeq]) => row(id, lastSeq));
  const sessions = rows.map((one, index) => ({ ...one, queueInfo: { ...one.queueInfo, position: index + 1 } }));
  return { sessions, total: sessions.length, timestamp: at, next: null };
};

/** A console that applies changes. */
function consoleOf() {
  let shown: readonly QueuedSession[] = [];
  let wholeLists = 0;
  const emit: Emit = (event, payload) => {
    if (event === 'queue:update') {
      wholeLists++;
      shown = (payload as WaitingView).sessions;
    } else if (event === 'queue:changes') {
      const { order, sessions } = payload as WaitingChanges;
      const known = new Map([...shown, ...sessions].map((one) => [one.id, one]));
      shown = order.flatMap((id) => known.get(id) ?? []);
    }
  };
  return {
    emit,
    lists: () => wholeLists,
    shows: () => Object.fromEntries(shown.map(({ id, lastSeq }) => [id, lastSeq])),
  };
}

/** Gateways, each with one console, and the queue that each reads. What they give each other may be lost or late. */
function world(count: number) {
  let network = (deliver: () => void) => deliver();
  // Without agents a gateway does not reconcile, which it does at random times.
  let agents = 0;
  const gateways = Array.from({ length: count }, () => {
    const own = consoleOf();
    let page = queueOf({});
    let notify = () => {};
    const gateway = startQueueUpdates({
      bus: {
        subscribe: ((_channel: unknown, _params: unknown, handle: () => void) => {
          notify = handle;
          return { ready: async () => {}, leave: async () => {} };
        }) as never,
      },
      reader: { page: async () => page },
      agents: {
        get size() {
          return agents;
        },
      },
      sockets: () => ({
        tellAgents: (apply) => (apply === 'changes' ? own.emit : () => {}),
        tellGateways: (update) => {
          // As it crosses Redis.
          const given: unknown = JSON.parse(JSON.stringify(update));
          for (const other of gateways) if (other.gateway !== gateway) network(() => other.gateway.received(given));
        },
      }),
      log: createLog({ service: 'gateway', instance: 'test', level: 'silent' }),
      metrics: createMetrics('gateway'),
    });
    stops.push(gateway.stop);
    return {
      ...own,
      gateway,
      join: () => gateway.showTo(own.emit),
      /** It is told of a change, and reads this queue. */
      async reads(lastSeqs: Record<string, number>) {
        page = queueOf(lastSeqs);
        notify();
        await vi.advanceTimersByTimeAsync(400);
      },
      /** What it would read from now on. */
      queue(lastSeqs: Record<string, number>) {
        page = queueOf(lastSeqs);
      },
    };
  });
  return {
    gateways,
    network(how: typeof network) {
      network = how;
    },
    async reconcile() {
      agents = 1;
      await vi.advanceTimersByTimeAsync(5_500);
      agents = 0;
    },
  };
}
type Gateway = ReturnType<typeof world>['gateways'][number];
const two = (gateways: Gateway[]) => gateways as [Gateway, Gateway];

it('[Q2] gives all gateways what one has read, and each sends its agents what has changed for them', async () => {
  const { gateways } = world(2);
  const [left, right] = two(gateways);
  await left.reads({ a: 1, b: 1 });
  await right.reads({ a: 1, b: 2, c: 1 });
  for (const { shows, lists } of gateways) {
    expect(shows()).toEqual({ a: 1, b: 2, c: 1 });
    expect(lists()).toBe(1);
  }
});

it('[Q2] leaves no agent with an old session when a list is lost between gateways', async () => {
  const { gateways, network } = world(2);
  const [left, right] = two(gateways);
  await left.reads({ a: 1, b: 1 });
  network(() => {});
  await left.reads({ a: 2, b: 1 });
  expect(right.shows()).toEqual({ a: 1, b: 1 });
  network((deliver) => deliver());
  await left.reads({ a: 2, b: 1, c: 1 });
  for (const { shows } of gateways) expect(shows()).toEqual({ a: 2, b: 1, c: 1 });
});

it('[Q2] leaves no agent with an old session or order when lists of two gateways overtake each other', async () => {
  const { gateways, network, reconcile } = world(2);
  const [left, right] = two(gateways);
  await left.reads({ a: 1, b: 1 });
  const late: (() => void)[] = [];
  network((deliver) => late.push(deliver));
  await right.reads({ b: 1, a: 1 });
  network((deliver) => deliver());
  await left.reads({ a: 2, b: 1 });
  for (const deliver of late) deliver();
  expect(left.shows(), 'older than what it has read itself').toEqual({ b: 1, a: 1 });
  right.queue({ a: 2, b: 1 });
  await reconcile();
  for (const { shows } of gateways)
    expect(Object.entries(shows())).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
});

it('[Q2] leaves no agent with an old session who came with a list that was read earlier', async () => {
  const { gateways, reconcile } = world(1);
  const [left] = gateways as [Gateway];
  await left.reads({ a: 2, b: 1 });
  left.queue({ a: 1, b: 1 });
  await left.join();
  await left.reads({ a: 2, b: 1 });
  expect(left.shows()).toEqual({ a: 2, b: 1 });
  left.queue({ a: 1 });
  await left.gateway.page(0, 50);
  left.emit('queue:update', queueOf({ a: 1 }));
  left.queue({ a: 2, b: 1 });
  await reconcile();
  expect(left.shows(), 'without any change').toEqual({ a: 2, b: 1 });
});

it('skips what does not fit from another gateway', () => {
  const { gateways } = world(1);
  const [left] = gateways as [Gateway];
  for (const given of [undefined, 'a queue', { sessions: [{}], total: 1, timestamp: at }]) left.gateway.received(given);
  expect(left.lists()).toBe(0);
});
