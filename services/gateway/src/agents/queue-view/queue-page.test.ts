import type { QueueStatus, Session } from '@baton/contracts';
import { expect, it } from 'vitest';
import { buildQueuePage } from './queue-page.ts';

const AT = '2026-01-01T00:00:00.000Z';
const session = (id: string, more: Partial<Session> = {}): Session => ({
  id,
  userId: 'ann',
  status: 'waiting',
  assignedAgent: null,
  agentName: null,
  botContext: null,
  metadata: {},
  epoch: 2,
  lastSeq: 3,
  waitingSince: AT,
  closedAt: null,
  createdAt: AT,
  updatedAt: AT,
  ...more,
});
const waiting = (sessionId: string, position: number): Omit<QueueStatus, 'waitedSeconds'> => ({
  sessionId,
  position,
  epoch: 2,
  priority: 'normal',
  requestedAt: AT,
  reason: 'help',
  brief: { summary: 'Wants help.' },
  metadata: { customerTier: 'premium' },
});

it('[Q4] lists who waits in order, each with its place', () => {
  const view = buildQueuePage([waiting('b', 51), waiting('a', 52)], [session('a'), session('b')]);
  expect(view.map(({ id, queueInfo }) => [id, queueInfo.position])).toEqual([
    ['b', 51],
    ['a', 52],
  ]);
  expect(view[0]?.queueInfo).toEqual({ ...waiting('b', 51), epoch: undefined });
});

it('leaves out what the record does not have waiting', () => {
  const view = buildQueuePage(
    [waiting('a', 1), waiting('gone', 2), waiting('b', 3)],
    [session('a', { status: 'agent' }), session('b')],
  );
  expect(view.map(({ id }) => id)).toEqual(['b']);
});

it('is bounded, however large what customers brought along: first their free parts go, then the last in line', () => {
  const ids = Array.from({ length: 50 }, (_, n) => `${n}`);
  const large = (metadata: object) => ids.map((id) => session(id, { metadata: { ...metadata } }));
  const view = buildQueuePage(
    ids.map((id, index) => waiting(id, index + 1)),
    large({ filler: 'x'.repeat(16_000) }),
  );
  expect(JSON.stringify(view).length).toBeLessThan(66_000);
  expect(view).toHaveLength(50);
  expect(view[0]?.metadata).toEqual({ filler: 'x'.repeat(16_000) });
  expect(view[49]).toMatchObject({
    metadata: {},
    queueInfo: { position: 50, brief: null, metadata: {}, reason: 'help' },
  });

  const wordy = ids.map((id, index) => ({ ...waiting(id, index + 1), reason: 'x'.repeat(5_000) }));
  const fewer = buildQueuePage(wordy, large({}));
  expect(fewer.length).toBeGreaterThan(5);
  expect(JSON.stringify(fewer).length).toBeLessThan(66_000);
});
