import type { QueuedSession, WaitingView } from '@baton/contracts';
import { expect, it } from 'vitest';
import { createQueueChanges } from './queue-changes.ts';

const at = '2026-11-01T12:00:00.000Z';
const row = (id: string, position: number, lastSeq = 1): QueuedSession => ({
  ...{ id, userId: 'customer', status: 'waiting', assignedAgent: null, agentName: null, botContext: null },
  ...{ metadata: {}, epoch: 2, lastSeq, waitingSince: at, closedAt: null, createdAt: at, updatedAt: at },
  queueInfo: { sessionId: id, reason: 'r', priority: 'normal', requestedAt: at, brief: null, position },
});
const list = (sessions: QueuedSession[], total = sessions.length): WaitingView => ({ sessions, total, timestamp: at });
const idsOf = (sessions: readonly QueuedSession[] | undefined) => sessions?.map(({ id }) => id);

it('[Q2] first carries every session, then those that are new or have changed, with the order of all', () => {
  const changes = createQueueChanges();
  expect(changes.next(list([row('a', 1), row('b', 2)]))).toMatchObject({ order: ['a', 'b'], total: 2, timestamp: at });
  // `a` was claimed, `b` has moved up, `c` has come into view.
  const claimed = changes.next(list([row('b', 1), row('c', 2)], 9));
  expect(claimed).toMatchObject({ order: ['b', 'c'], total: 9 });
  expect(idsOf(claimed?.sessions)).toEqual(['c']);
  const written = changes.next(list([row('b', 1), row('c', 2, 7)]));
  expect(idsOf(written?.sessions)).toEqual(['c']);
  expect(written?.sessions[0]?.lastSeq).toBe(7);
  // Who comes back is sent anew: agents have dropped it.
  changes.next(list([row('c', 1, 7)]));
  expect(idsOf(changes.next(list([row('b', 1), row('c', 2, 7)]))?.sessions)).toEqual(['b']);
});

it('[Q2] leaves a list with gaps in its positions to be sent whole, and goes on from it', () => {
  const changes = createQueueChanges();
  expect(changes.next(list([row('a', 1), row('c', 3)]))).toBeUndefined();
  expect(idsOf(changes.next(list([row('c', 1)]))?.sessions)).toEqual([]);
});
