import type { WaitingSession } from '@baton/contracts';
import { createLog, newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { startFaultProxy } from '@baton/testkit/fault-proxy';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { type QueueModel, queueModel } from '../../test/queue-model.ts';
import { createReservations, reservationChanges } from '../claims/store-redis.ts';
import { connectRedis } from '../platform/connection-redis.ts';
import { priorities, stepOf } from './order.ts';
import { queueKeys } from './scripts-redis.ts';
import { createQueueStore, queueChanges } from './store-redis.ts';

const space = await testSpace();
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
const redis = connectRedis({ url: space.redisUrl, password: undefined, name: 'test', log });
afterAll(redis.close);
await until(() => redis.ready);

const newQueue = (ageingSeconds = 0, reservationMs?: number) => {
  const prefix = `${space.redisPrefix}:${newId()}:`;
  const options = {
    redis,
    prefix,
    stepMs: stepOf(ageingSeconds),
    ...(reservationMs !== undefined && { reservationMs }),
  };
  const queue = createQueueStore(options);
  const reservations = createReservations(options);
  const changes = { ...queueChanges(options, queueKeys(prefix)), ...reservationChanges(options) };
  return { queue, reservations, changes: { ...changes, markAway: queue.markAway } };
};

const BEGIN = Date.parse('2026-11-01T12:00:00Z');
// Few of each, so that the same sessions, epochs and starts meet often, and ageing makes ties.
const ids = Array.from({ length: 6 }, () => newId());
type Parts = ReturnType<typeof newQueue>;
const agents = ['agent-a', 'agent-b'];
const id = fc.constantFrom(...ids);
const epoch = fc.integer({ min: 1, max: 4 });
const waiting: fc.Arbitrary<WaitingSession> = fc.record({
  sessionId: id,
  epoch,
  priority: fc.constantFrom(...priorities),
  requestedAt: fc.constantFrom(0, 30, 45, 60).map((seconds) => new Date(BEGIN + seconds * 1_000).toISOString()),
  reason: fc.constant('…'),
  brief: fc.constant(null),
});

/** One batch of requests. */
type Step = (
  changes: Parts['changes'],
  model: QueueModel,
  operation: string,
) => { real: () => Promise<unknown>; modelled: () => unknown };
const several = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { minLength: 1, maxLength: 4 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  several(fc.record({ mode: fc.constantFrom('keep', 'correct'), waiting })).map(
    (items): Step =>
      (changes, model, operation) => ({
        real: () => changes.put(items, operation),
        modelled: () => items.map(model.put),
      }),
  ),
  several(fc.record({ sessionId: id, epoch, remember: fc.boolean(), startMs: fc.constantFrom(undefined, BEGIN) })).map(
    (items): Step =>
      (changes, model, operation) => ({
        real: () => changes.leave(items, operation),
        modelled: () => items.map(model.leave),
      }),
  ),
  several(
    fc.record({ agentId: fc.constantFrom(...agents), sessionId: fc.option(id, { nil: undefined, freq: 3 }) }),
  ).map(
    (items): Step =>
      (changes, model, operation) => ({
        real: () => changes.reserve(items, operation),
        modelled: () => items.map((item, index) => model.reserve(item, `${operation}:${index + 1}`)),
      }),
  ),
  several(fc.record({ sessionId: id, presence: fc.constantFrom('connected', 'away') })).map(
    (items): Step =>
      (changes, model) => {
        // The newest check counts, so an old one is not repeated.
        let done = false;
        return {
          real: async () => {
            if (done) return;
            done = true;
            await changes.markAway(new Map(items.map(({ sessionId, presence }) => [sessionId, presence])));
          },
          modelled: () => {
            for (const [sessionId, presence] of new Map(items.map((item) => [item.sessionId, item.presence])))
              model.markAway({ sessionId, presence });
          },
        };
      },
  ),
  several(fc.tuple(id, fc.boolean())).map(
    (wanted): Step =>
      (changes, model, operation) => {
        const items = wanted.map(([sessionId, rightful]) => ({
          sessionId,
          token: rightful ? (model.reservations.get(sessionId)?.token ?? 'none') : 'none',
        }));
        return {
          real: () => changes.release(items, operation),
          modelled: () => items.map(model.release),
        };
      },
  ),
);

async function expectSame({ queue, reservations }: Parts, model: QueueModel): Promise<void> {
  const order = model.order();
  const first = await queue.firstInOrder(100, true);
  expect(first.order).toEqual(order.map(({ sessionId, priority }) => ({ sessionId, priority })));
  expect(first.waiting.map(({ sessionId, epoch }) => ({ sessionId, epoch }))).toEqual(
    order.map(({ sessionId, epoch }) => ({ sessionId, epoch })),
  );
  expect(first.lengths).toEqual(model.lengths());
  const page = await queue.firstInOrder(2, true, 1);
  expect(page).toEqual({ ...first, order: first.order.slice(1, 3), waiting: first.waiting.slice(1, 3) });
  expect(await queue.firstInOrder(2, true, 100)).toEqual({ ...first, order: [], waiting: [] });
  for (const sessionId of ids) expect(await queue.position(sessionId)).toEqual(model.position(sessionId));
  for (const priority of priorities) {
    const range = await queue.positions(priority, 1, 2);
    expect(range).toEqual(
      model
        .ofPriority(priority)
        .slice(1, 3)
        .map(({ sessionId }) => model.position(sessionId)),
    );
  }
  const found = (await reservations.list()).map(({ sessionId, agentId }) => ({ sessionId, agentId }));
  const byId = (a: { sessionId: string }, b: { sessionId: string }) => a.sessionId.localeCompare(b.sessionId);
  const modelled = [...model.reservations].map(([sessionId, { agentId }]) => ({ sessionId, agentId }));
  expect(found.sort(byId)).toEqual(modelled.sort(byId));
}

it('[Q1] the scripts do what a plain model does, and a repeated operation does nothing and gives the first result', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(steps, fc.option(fc.nat())), { minLength: 1, maxLength: 25 }),
      fc.constantFrom(0, 30),
      async (sequence, ageingSeconds) => {
        const parts = newQueue(ageingSeconds);
        const { queue, changes } = parts;
        await queue.reconciled(BEGIN);
        const model = queueModel(stepOf(ageingSeconds));
        const done: { real: () => Promise<unknown>; result: unknown }[] = [];
        for (const [step, repeated] of sequence) {
          const { real, modelled } = step(changes, model, newId());
          const result = await real();
          expect(result).toEqual(modelled());
          done.push({ real, result });
          // Any of the operations so far can arrive once more.
          const again = repeated === null ? undefined : done[repeated % done.length];
          if (again) expect(await again.real()).toEqual(again.result);
        }
        await expectSame(parts, model);
      },
    ),
    { numRuns: 300 },
  );
});

it('[C4] a reply that is lost with its connection is requested again, and nothing is done twice', async () => {
  const proxy = await startFaultProxy(space.redisUrl);
  const loseNextAnswer = () => proxy.loseAnswer({ request: '', answer: '' });
  const faulty = connectRedis({ url: proxy.url, password: undefined, name: 'faulty', log });
  try {
    await until(() => faulty.ready);
    const prefix = `${space.redisPrefix}:${newId()}:`;
    const options = { redis: faulty, prefix, stepMs: stepOf(0) };
    const queue = createQueueStore(options);
    const reservations = createReservations(options);
    const [first, second] = [newId(), newId()];
    const waits = (sessionId: string, second: number): WaitingSession => ({
      sessionId,
      epoch: 2,
      priority: 'normal',
      requestedAt: new Date(BEGIN + second * 1_000).toISOString(),
      reason: '…',
      brief: null,
    });
    await queue.put('keep', [waits(first, 1)]);
    loseNextAnswer();
    expect(await queue.put('keep', [waits(second, 2)])).toEqual({ added: 1, moved: 0 });
    loseNextAnswer();
    expect(await reservations.reserve('agent-a')).toMatchObject({ outcome: 'reserved', sessionId: first });
    expect((await reservations.list()).map(({ sessionId }) => sessionId)).toEqual([first]);
  } finally {
    faulty.close();
    await proxy.close();
  }
});

it('[C4] fifty agents who ask at once reserve the first fifty, one each and in order', async () => {
  const { queue, reservations } = newQueue();
  const sessions = Array.from({ length: 60 }, (_, index): WaitingSession => {
    const requestedAt = new Date(BEGIN + index * 1_000).toISOString();
    return { sessionId: newId(), epoch: 2, priority: 'normal', requestedAt, reason: '…', brief: null };
  });
  const put = await Promise.all(sessions.map((one) => queue.put('keep', [one])));
  expect(put).toEqual(sessions.map(() => ({ added: 1, moved: 0 })));
  const reserved = await Promise.all(Array.from({ length: 50 }, (_, index) => reservations.reserve(`agent-${index}`)));
  expect(reserved).toMatchObject(sessions.slice(0, 50).map(({ sessionId }) => ({ sessionId })));
  await Promise.all(sessions.slice(0, 50).map(({ sessionId }) => queue.removeClaimed(sessionId, 2, BEGIN)));
  expect((await queue.firstInOrder(100, false)).order.map(({ sessionId }) => sessionId)).toEqual(
    sessions.slice(50).map(({ sessionId }) => sessionId),
  );
  expect((await reservations.claimedLastHour()).count).toBe(50);
});

it('a reservation expires by itself, and the session is next again', async () => {
  const { queue, reservations } = newQueue(undefined, 300);
  const sessionId = newId();
  const requestedAt = new Date(BEGIN).toISOString();
  await queue.put('keep', [{ sessionId, epoch: 2, priority: 'low', requestedAt, reason: '…', brief: null }]);
  expect(await reservations.reserve('agent-a')).toMatchObject({ outcome: 'reserved', sessionId });
  expect(await reservations.reserve('agent-b')).toEqual({ outcome: 'reserved_by_another' });
  await until(async () => (await reservations.reserve('agent-b')).outcome === 'reserved');
});

it('a hundred positions among 10,000 are read within half a second', async () => {
  const { queue } = newQueue(30);
  const all = Array.from({ length: 10_000 }, (_, index) => ({
    sessionId: newId(),
    epoch: 2,
    priority: priorities[index % 3] ?? 'normal',
    requestedAt: new Date(BEGIN + index).toISOString(),
    reason: '…',
    brief: null,
  }));
  for (let from = 0; from < all.length; from += 250) await queue.put('correct', all.slice(from, from + 250));
  const sample = all.filter((_, index) => index % 100 === 0);
  const began = performance.now();
  const positions = await Promise.all(sample.map(({ sessionId }) => queue.position(sessionId)));
  expect(performance.now() - began).toBeLessThan(500);
  expect(new Set(positions.map((found) => found?.position)).size).toBe(sample.length);
});
