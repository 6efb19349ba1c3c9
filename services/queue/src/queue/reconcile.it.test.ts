import { accept, type WaitingSession } from '@baton/contracts';
import { createLog, newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, expect, it } from 'vitest';
import { connectRedis } from '../platform/connection-redis.ts';
import { stepOf } from './order.ts';
import { compareOnce } from './reconcile.ts';
import { createLine } from './store-redis.ts';

const space = await testSpace();
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
const redis = connectRedis({ url: space.redisUrl, password: undefined, name: 'test', log });
afterAll(redis.close);
await until(() => redis.ready);
const newLine = () => createLine({ redis, prefix: `${space.redisPrefix}:${newId()}:`, stepMs: stepOf(0) });

const waits = (sessionId: string, epoch: number): WaitingSession => ({
  sessionId,
  epoch,
  priority: 'normal',
  requestedAt: new Date().toISOString(),
  reason: '…',
  brief: null,
});
/** A record that lists these, and something that happens after it was read and before its answer is used. */
const record = (waiting: WaitingSession[], meanwhile: () => Promise<unknown> = async () => {}) => ({
  async listWaiting() {
    await meanwhile();
    return accept({ waiting, hasMore: false });
  },
});
const inLine = async (line: ReturnType<typeof newLine>) =>
  (await line.first(10, false)).order.map((one) => one.sessionId);

it('[Q2] takes out who does not wait by the record, but not who has begun to wait again since it was read', async () => {
  const line = newLine();
  const [gone, back] = [newId(), newId()];
  await line.put('correct', [waits(gone, 2), waits(back, 2)]);
  const repairs = await compareOnce(
    line,
    record([], () => line.put('correct', [waits(back, 4)])),
  );
  expect(repairs).toEqual({ added: 0, moved: 0, removed: 1 });
  expect(await inLine(line)).toEqual([back]);
});

it('[Q2] puts in line who waits by the record, but not who has left since it was read', async () => {
  const line = newLine();
  const [missing, left] = [waits(newId(), 2), waits(newId(), 2)];
  await line.put('correct', [left]);
  const leaves = () => line.remove([{ sessionId: left.sessionId, epoch: 2 }], true);
  expect(await compareOnce(line, record([missing, left], leaves))).toEqual({ added: 1, moved: 0, removed: 0 });
  // Read before it left, and not known in line: the same.
  expect(await compareOnce(line, record([missing, left]))).toEqual({ added: 0, moved: 0, removed: 0 });
  expect(await inLine(line)).toEqual([missing.sessionId]);
  // A later wait is another matter.
  const again = { ...left, epoch: 4 };
  expect(await compareOnce(line, record([missing, again]))).toEqual({ added: 1, moved: 0, removed: 0 });
});

it('[Q2] comparing again, or twice at once, changes nothing', async () => {
  const line = newLine();
  const waiting = Array.from({ length: 700 }, () => waits(newId(), 2));
  const both = await Promise.all([compareOnce(line, record(waiting)), compareOnce(line, record(waiting))]);
  expect(both.reduce((sum, { added }) => sum + added, 0)).toBe(700);
  expect(await compareOnce(line, record(waiting))).toEqual({ added: 0, moved: 0, removed: 0 });
});

it('a record that cannot be read changes nothing', async () => {
  const line = newLine();
  await line.put('correct', [waits(newId(), 2)]);
  const refusing = {
    listWaiting: async () => ({ ok: false, code: 'TIMEOUT', message: 'No answer in time.' }) as const,
  };
  await expect(compareOnce(line, refusing)).rejects.toThrow('session.listWaiting: TIMEOUT');
  expect(await inLine(line)).toHaveLength(1);
});
