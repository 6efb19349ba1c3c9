import type { WaitingSession } from '@baton/contracts';
import { createLog, newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { faultyLink } from '../../test/faulty-link.ts';
import { type LineModel, lineModel } from '../../test/queue-model.ts';
import { connectRedis } from '../platform/connection-redis.ts';
import { lineChanges } from './changes-redis.ts';
import { levels, stepOf } from './order.ts';
import { lineKeys } from './scripts-redis.ts';
import { createLine, type Line } from './store-redis.ts';

const space = await testSpace();
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
const redis = connectRedis({ url: space.redisUrl, password: undefined, name: 'test', log });
afterAll(redis.close);
await until(() => redis.ready);

const newLine = (ageingSeconds = 0, reservationMs?: number) => {
  const prefix = `${space.redisPrefix}:${newId()}:`;
  const options = {
    redis,
    prefix,
    stepMs: stepOf(ageingSeconds),
    ...(reservationMs !== undefined && { reservationMs }),
  };
  const line = createLine(options);
  return { line, changes: { ...lineChanges(options, lineKeys(prefix)), attend: line.attend } };
};

const BEGIN = Date.parse('2026-11-01T12:00:00Z');
// Few of each, so that the same sessions, epochs and starts meet often, and ageing makes ties.
const ids = Array.from({ length: 6 }, () => newId());
type LineChanges = ReturnType<typeof lineChanges> & Pick<Line, 'attend'>;
const agents = ['agent-a', 'agent-b'];
const id = fc.constantFrom(...ids);
const epoch = fc.integer({ min: 1, max: 4 });
const waiting: fc.Arbitrary<WaitingSession> = fc.record({
  sessionId: id,
  epoch,
  priority: fc.constantFrom(...levels),
  requestedAt: fc.constantFrom(0, 30, 45, 60).map((seconds) => new Date(BEGIN + seconds * 1_000).toISOString()),
  reason: fc.constant('…'),
  brief: fc.constant(null),
});

/** What several asked for at once. */
type Step = (
  changes: LineChanges,
  model: LineModel,
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
  several(fc.record({ sessionId: id, attending: fc.constantFrom('present', 'away') })).map(
    (items): Step =>
      (changes, model) => {
        // The newest look counts, so an old one is not told again.
        let told = false;
        return {
          real: async () => {
            if (told) return;
            told = true;
            await changes.attend(new Map(items.map(({ sessionId, attending }) => [sessionId, attending])));
          },
          modelled: () => {
            for (const [sessionId, attending] of new Map(items.map((item) => [item.sessionId, item.attending])))
              model.attend({ sessionId, attending });
          },
        };
      },
  ),
  several(fc.tuple(id, fc.boolean())).map(
    (wanted): Step =>
      (changes, model, operation) => {
        const items = wanted.map(([sessionId, rightful]) => ({
          sessionId,
          token: rightful ? (model.claims.get(sessionId)?.token ?? 'none') : 'none',
        }));
        return {
          real: () => changes.giveBack(items, operation),
          modelled: () => items.map(model.giveBack),
        };
      },
  ),
);

async function expectSame(line: Line, model: LineModel): Promise<void> {
  const order = model.order();
  const first = await line.first(100, true);
  expect(first.order).toEqual(order.map(({ sessionId, priority }) => ({ sessionId, priority })));
  expect(first.waiting.map(({ sessionId, epoch }) => ({ sessionId, epoch }))).toEqual(
    order.map(({ sessionId, epoch }) => ({ sessionId, epoch })),
  );
  expect(first.lengths).toEqual(model.lengths());
  const page = await line.first(2, true, 1);
  expect(page).toEqual({ ...first, order: first.order.slice(1, 3), waiting: first.waiting.slice(1, 3) });
  expect(await line.first(2, true, 100)).toEqual({ ...first, order: [], waiting: [] });
  for (const sessionId of ids) expect(await line.place(sessionId)).toEqual(model.place(sessionId));
  for (const [level, priority] of levels.entries()) {
    const slice = await line.slice(level, 1, 2);
    expect(slice).toEqual(
      model
        .ranks(priority)
        .slice(1, 3)
        .map(({ sessionId }) => model.place(sessionId)),
    );
  }
  const claims = (await line.claims()).map(({ sessionId, agentId }) => ({ sessionId, agentId }));
  const byId = (a: { sessionId: string }, b: { sessionId: string }) => a.sessionId.localeCompare(b.sessionId);
  const modelled = [...model.claims].map(([sessionId, { agentId }]) => ({ sessionId, agentId }));
  expect(claims.sort(byId)).toEqual(modelled.sort(byId));
}

it('[Q1] the scripts do what a plain model does, and a repeated operation does nothing and gives the first result', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(steps, fc.option(fc.nat())), { minLength: 1, maxLength: 25 }),
      fc.constantFrom(0, 30),
      async (sequence, ageingSeconds) => {
        const { line, changes } = newLine(ageingSeconds);
        await line.compared(BEGIN);
        const model = lineModel(stepOf(ageingSeconds));
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
        await expectSame(line, model);
      },
    ),
    { numRuns: 300 },
  );
});

it('[C4] an answer that is lost with its connection is asked for again, and nothing is done twice', async () => {
  const link = await faultyLink(space.redisUrl);
  const faulty = connectRedis({ url: link.url, password: undefined, name: 'faulty', log });
  try {
    await until(() => faulty.ready);
    const prefix = `${space.redisPrefix}:${newId()}:`;
    const line = createLine({ redis: faulty, prefix, stepMs: stepOf(0) });
    const [first, second] = [newId(), newId()];
    const waits = (sessionId: string, second: number): WaitingSession => ({
      sessionId,
      epoch: 2,
      priority: 'normal',
      requestedAt: new Date(BEGIN + second * 1_000).toISOString(),
      reason: '…',
      brief: null,
    });
    await line.put('keep', [waits(first, 1)]);
    link.loseNextReply();
    expect(await line.put('keep', [waits(second, 2)])).toEqual({ added: 1, moved: 0 });
    link.loseNextReply();
    expect(await line.reserve('agent-a')).toMatchObject({ outcome: 'reserved', sessionId: first });
    expect((await line.claims()).map(({ sessionId }) => sessionId)).toEqual([first]);
  } finally {
    faulty.close();
    await link.stop();
  }
});

it('[C4] fifty who ask at once are given the first fifty, one each and in order', async () => {
  const { line } = newLine();
  const sessions = Array.from({ length: 60 }, (_, index): WaitingSession => {
    const requestedAt = new Date(BEGIN + index * 1_000).toISOString();
    return { sessionId: newId(), epoch: 2, priority: 'normal', requestedAt, reason: '…', brief: null };
  });
  const put = await Promise.all(sessions.map((one) => line.put('keep', [one])));
  expect(put).toEqual(sessions.map(() => ({ added: 1, moved: 0 })));
  const reservations = await Promise.all(Array.from({ length: 50 }, (_, index) => line.reserve(`agent-${index}`)));
  expect(reservations).toMatchObject(sessions.slice(0, 50).map(({ sessionId }) => ({ sessionId })));
  await Promise.all(sessions.slice(0, 50).map(({ sessionId }) => line.taken(sessionId, 2, BEGIN)));
  expect((await line.first(100, false)).order.map(({ sessionId }) => sessionId)).toEqual(
    sessions.slice(50).map(({ sessionId }) => sessionId),
  );
  expect((await line.claimedLastHour()).count).toBe(50);
});

it('a reservation expires by itself, and the session is next again', async () => {
  const { line } = newLine(undefined, 300);
  const sessionId = newId();
  const requestedAt = new Date(BEGIN).toISOString();
  await line.put('keep', [{ sessionId, epoch: 2, priority: 'low', requestedAt, reason: '…', brief: null }]);
  expect(await line.reserve('agent-a')).toMatchObject({ outcome: 'reserved', sessionId });
  expect(await line.reserve('agent-b')).toEqual({ outcome: 'held' });
  await until(async () => (await line.reserve('agent-b')).outcome === 'reserved');
});

it('a hundred places among 10,000 are told within half a second', async () => {
  const { line } = newLine(30);
  const all = Array.from({ length: 10_000 }, (_, index) => ({
    sessionId: newId(),
    epoch: 2,
    priority: levels[index % 3] ?? 'normal',
    requestedAt: new Date(BEGIN + index).toISOString(),
    reason: '…',
    brief: null,
  }));
  for (let from = 0; from < all.length; from += 250) await line.put('correct', all.slice(from, from + 250));
  const sample = all.filter((_, index) => index % 100 === 0);
  const began = performance.now();
  const places = await Promise.all(sample.map(({ sessionId }) => line.place(sessionId)));
  expect(performance.now() - began).toBeLessThan(500);
  expect(new Set(places.map((place) => place?.position)).size).toBe(sample.length);
});
