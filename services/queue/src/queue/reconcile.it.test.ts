import { accept, type WaitingSession } from '@baton/contracts';
import { createLog, newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, expect, it } from 'vitest';
import { connectRedis } from '../platform/connection-redis.ts';
import { stepOf } from './order.ts';
import { reconcileOnce } from './reconcile.ts';
import { createQueueStore } from './store-redis.ts';

const space = await testSpace();
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
const redis = connectRedis({ url: space.redisUrl, password: undefined, name: 'test', log });
afterAll(redis.close);
await until(() => redis.ready);
const newQueue = () => createQueueStore({ redis, prefix: `${space.redisPrefix}:${newId()}:`, stepMs: stepOf(0) });

const waits = (sessionId: string, epoch: number): WaitingSession => ({
  sessionId,
  epoch,
  priority: 'normal',
  requestedAt: new Date().toISOString(),
  reason: '…',
  brief: null,
});
/** Postgres with these waits, and what happens after it was read and before the reply is used. */
const postgres = (waiting: WaitingSession[], meanwhile: () => Promise<unknown> = async () => {}) => ({
  async listWaiting() {
    await meanwhile();
    return accept({ waiting, hasMore: false });
  },
});
const queued = async (queue: ReturnType<typeof newQueue>) =>
  (await queue.firstInOrder(10, false)).order.map((one) => one.sessionId);

it('[Q2] removes a session that does not wait in Postgres, but not one that waits again since it was read', async () => {
  const queue = newQueue();
  const [gone, back] = [newId(), newId()];
  await queue.put('correct', [waits(gone, 2), waits(back, 2)]);
  const repairs = await reconcileOnce(
    queue,
    postgres([], () => queue.put('correct', [waits(back, 4)])),
  );
  expect(repairs).toEqual({ added: 0, moved: 0, removed: 1 });
  expect(await queued(queue)).toEqual([back]);
});

it('[Q2] queues a session that waits in Postgres, but not one that has left since it was read', async () => {
  const queue = newQueue();
  const [missing, left] = [waits(newId(), 2), waits(newId(), 2)];
  await queue.put('correct', [left]);
  const leaves = () => queue.remove([{ sessionId: left.sessionId, epoch: 2 }], true);
  expect(await reconcileOnce(queue, postgres([missing, left], leaves))).toEqual({ added: 1, moved: 0, removed: 0 });
  // Read before it left, and not queued: the same.
  expect(await reconcileOnce(queue, postgres([missing, left]))).toEqual({ added: 0, moved: 0, removed: 0 });
  expect(await queued(queue)).toEqual([missing.sessionId]);
  // A later wait is queued.
  const again = { ...left, epoch: 4 };
  expect(await reconcileOnce(queue, postgres([missing, again]))).toEqual({ added: 1, moved: 0, removed: 0 });
});

it('[Q2] reconciling again, or twice at once, changes nothing', async () => {
  const queue = newQueue();
  const waiting = Array.from({ length: 700 }, () => waits(newId(), 2));
  const both = await Promise.all([reconcileOnce(queue, postgres(waiting)), reconcileOnce(queue, postgres(waiting))]);
  expect(both.reduce((sum, { added }) => sum + added, 0)).toBe(700);
  expect(await reconcileOnce(queue, postgres(waiting))).toEqual({ added: 0, moved: 0, removed: 0 });
});

it('a failed read of Postgres changes nothing', async () => {
  const queue = newQueue();
  await queue.put('correct', [waits(newId(), 2)]);
  const refusing = {
    listWaiting: async () => ({ ok: false, code: 'TIMEOUT', message: 'No answer in time.' }) as const,
  };
  await expect(reconcileOnce(queue, refusing)).rejects.toThrow('session.listWaiting: TIMEOUT');
  expect(await queued(queue)).toHaveLength(1);
});
