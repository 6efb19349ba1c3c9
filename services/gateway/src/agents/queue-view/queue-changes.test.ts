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

it('[Q2] first leaves every session to be sent, then sends those that are new or have changed, with the order of all', () => {
  const changes = createQueueChanges();
  expect(changes.next(list([row('a', 1), row('b', 2)]))).toBeUndefined();
  // `a` was claimed, `b` has moved up, `c` has come into view.
  const claimed = changes.next(list([row('b', 1), row('c', 2)], 9));
  expect(claimed).toMatchObject({ order: ['b', 'c'], total: 9, timestamp: at });
  expect(idsOf(claimed?.sessions)).toEqual(['c']);
  const written = changes.next(list([row('b', 1), row('c', 2, 7)]));
  expect(idsOf(written?.sessions)).toEqual(['c']);
  expect(written?.sessions[0]?.lastSeq).toBe(7);
  // What comes back is sent anew: agents have dropped it.
  changes.next(list([row('c', 1, 7)]));
  expect(idsOf(changes.next(list([row('b', 1), row('c', 2, 7)]))?.sessions)).toEqual(['b']);
});

it('[Q2] leaves a list to be sent whole when its positions have gaps or all of it has changed, and goes on from it', () => {
  const changes = createQueueChanges();
  changes.next(list([row('a', 1)]));
  expect(changes.next(list([row('a', 1), row('c', 3)]))).toBeUndefined();
  expect(idsOf(changes.next(list([row('a', 1), row('c', 2)]))?.sessions)).toEqual([]);
  expect(changes.next(list([row('a', 1, 5), row('c', 2, 5)]))).toBeUndefined();
  expect(idsOf(changes.next(list([row('c', 1, 5)]))?.sessions)).toEqual([]);
});

it('[Q2] sends again what one agent was shown otherwise, or not at all', () => {
  const changes = createQueueChanges();
  const all = list([row('a', 1, 7), row('b', 2, 7), row('c', 3, 7)]);
  changes.next(all);
  changes.shownToOne(all);
  expect(idsOf(changes.next(all)?.sessions)).toEqual([]);
  changes.shownToOne(list([row('a', 1, 6), row('b', 2, 7)]));
  expect(idsOf(changes.next(all)?.sessions)).toEqual(['a', 'c']);
  expect(idsOf(changes.next(all)?.sessions)).toEqual([]);
});
