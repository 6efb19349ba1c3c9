import { randomUUID } from 'node:crypto';
import type { Budget, Budgets } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { testSpace } from '@baton/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { accepted, connectClient, startSession } from '../../test/session-process.ts';
import { openDatabase } from '../platform/database-postgres.ts';
import { createBudgetStore } from './store-postgres.ts';

const space = await testSpace();
// Two instances: budgets hold across all.
await startSession(space, { ANSWER_DEADLINE_MS: '3600000' });
await startSession(space, { ANSWER_DEADLINE_MS: '3600000' });
const { session } = await connectClient(space);
const log = createLog({ service: 'session', instance: 'test', level: 'silent' });
const database = openDatabase({ url: space.databaseUrl, poolMax: 2, name: 'test', log });
afterAll(() => database.close());
beforeEach(() => database.statement('TRUNCATE model_budgets'));

const free: Budget = { callsPerMinute: 0, callsPerDay: 0, tokensPerDay: 0 };
const only = (budgets: Partial<Record<keyof Budgets, Partial<Budget>>>): Budgets => ({
  chat: { ...free, ...budgets.chat },
  customer: { ...free, ...budgets.customer },
  address: { ...free, ...budgets.address },
  all: { ...free, ...budgets.all },
});
const chat = async (source?: string) =>
  accepted(await session.create({ userId: `user-${randomUUID()}`, ...(source !== undefined && { source }) })).session
    .id;
const take = async (sessionId: string | undefined, budgets: Budgets, more: { tokens?: number; waitMs?: number } = {}) =>
  accepted(
    await session.takeModelCall({
      ...(sessionId !== undefined && { sessionId }),
      ...{ tokens: 100, waitMs: 0, windowMs: 60_000, budgets, ...more },
    }),
  );
const granted = async (...asked: Parameters<typeof take>) => (await take(...asked)).granted;
const rows = () =>
  database.statement<{ scope: string; key: string; calls: number; tokens: bigint }>(
    'SELECT scope, key, calls, tokens FROM model_budgets ORDER BY scope, key',
  );
/** Moves the budgets into the past. */
const ago = (seconds: number) =>
  database.statement('UPDATE model_budgets SET full_at = full_at - make_interval(secs => $1)', seconds);

describe('[S6] the budgets of a call', () => {
  it('are those of its session, its customer, their address and all, and it counts towards each', async () => {
    const [one, other, elsewhere] = [await chat('office.ann'), await chat('office.bob'), await chat('home.ann')];
    for (const id of [one, one, other, elsewhere]) expect(await granted(id, only({}))).toBe(true);
    const found = await rows();
    expect(found.map(({ scope, key, calls, tokens }) => [scope, key, calls, tokens])).toEqual([
      ...[one, other, elsewhere].sort().map((id) => ['chat', id, id === one ? 2 : 1, id === one ? 200n : 100n]),
      ['customer', 'home.ann', 1, 100n],
      ['customer', 'office.ann', 2, 200n],
      ['customer', 'office.bob', 1, 100n],
      ['address', 'home', 1, 100n],
      ['address', 'office', 3, 300n],
      ['all', '', 4, 400n],
    ]);
  });

  it('of a session of unknown source are its own; without a session only that of all', async () => {
    const [one, other] = [await chat(), await chat()];
    const narrow = only({ address: { callsPerDay: 1 } });
    expect([await granted(one, narrow), await granted(one, narrow), await granted(other, narrow)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(await granted(undefined, narrow)).toBe(true);
    expect(await granted(randomUUID(), narrow)).toBe(true);
    expect((await rows()).find(({ scope }) => scope === 'all')?.calls).toBe(4);
  });

  it('of an address do not apply in a trusted network: each customer there has its own', async () => {
    const [ann, again, bob] = [
      await chat('trusted_office.ann'),
      await chat('trusted_office.ann'),
      await chat('trusted_office.bob'),
    ];
    const narrow = only({ address: { callsPerDay: 1 } });
    expect([await granted(ann, narrow), await granted(again, narrow), await granted(bob, narrow)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('of one message apply to all turns that it takes, and not to the next message', async () => {
    const id = await chat('ann.a');
    const budgets = { ...only({}), message: { ...free, callsPerDay: 3 } };
    const about = async (messageSeq: number) =>
      accepted(
        await session.takeModelCall({ sessionId: id, messageSeq, tokens: 1, waitMs: 0, windowMs: 60_000, budgets }),
      );
    const taken = [];
    for (let n = 0; n < 5; n++) taken.push(await about(2));
    expect(taken.map((one) => one.granted)).toEqual([true, true, true, false, false]);
    expect(taken.at(-1)).toMatchObject({ over: { scope: 'chat', ofMessage: true }, today: { calls: 3 } });
    expect((await about(4)).granted).toBe(true);
    expect((await rows()).find(({ scope, key }) => scope === 'chat' && key === id)).toMatchObject({ calls: 4 });
  });

  it('are taken from all or from none: a session over one budget takes nothing from the others', async () => {
    const id = await chat('mallory.m');
    const budgets = only({ address: { callsPerDay: 3 } });
    const results = [];
    for (let n = 0; n < 20; n++) results.push(await take(id, budgets));
    expect(results.filter((one) => one.granted)).toHaveLength(3);
    expect(results.at(-1)).toMatchObject({ granted: false, over: { scope: 'address', limit: 'callsPerDay' } });
    expect((await rows()).map(({ calls }) => calls)).toEqual([3, 3, 3, 3]);
    // Until the day ends.
    const { retryAfterMs } = results.at(-1)?.over ?? { retryAfterMs: 0 };
    expect(Math.abs(Date.now() + retryAfterMs - new Date().setUTCHours(24, 0, 0, 0))).toBeLessThan(5_000);
  });

  it('hold for concurrent requests through any instance, also for a new address', async () => {
    const chats = await Promise.all(Array.from({ length: 60 }, (_, n) => chat(`mallory.m${n}`)));
    const budgets = only({ address: { callsPerMinute: 20 } });
    const results = await Promise.all(chats.map((id) => take(id, budgets)));
    expect(results.filter((one) => one.granted)).toHaveLength(10);
    expect((await rows()).find(({ scope }) => scope === 'address')?.calls).toBe(10);
  });
});

describe('[S6] calls in a minute', () => {
  it('are half a burst and half over the minute: never more than the limit in any minute', async () => {
    const id = await chat('mallory.m');
    const budgets = only({ address: { callsPerMinute: 60 } });
    const at: number[] = [];
    for (let second = 0; second < 180; second++) {
      while (await granted(id, budgets)) at.push(second);
      await ago(1);
    }
    for (const start of at) {
      const within = at.filter((second) => second >= start && second < start + 60).length;
      expect(within).toBeLessThanOrEqual(60);
    }
    expect(at.filter((second) => second === 0)).toHaveLength(30);
    expect(at.length).toBeGreaterThan(110);
  });

  it('that become available soon are granted for then, each for its own time', async () => {
    const id = await chat('mallory.m');
    const budgets = only({ customer: { callsPerMinute: 12 } });
    const waits: number[] = [];
    for (let n = 0; n < 9; n++) {
      const taken = await take(id, budgets, { waitMs: 25_000 });
      if (taken.granted) waits.push(Math.round(taken.waitMs / 1_000));
      else expect(taken.over).toMatchObject({ scope: 'customer', limit: 'callsPerMinute' });
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 10, 20]);
  });

  it('may be fewer than two', async () => {
    const id = await chat('mallory.m');
    const budgets = only({ chat: { callsPerMinute: 1 } });
    expect([await granted(id, budgets), await granted(id, budgets)]).toEqual([true, false]);
    await ago(121);
    expect(await granted(id, budgets)).toBe(true);
  });
});

describe('[S6] tokens of a day', () => {
  it('are reserved with the call, corrected at the end of the turn, and reset the next day', async () => {
    const id = await chat('ann.a');
    const budgets = only({ all: { tokensPerDay: 1_000 } });
    expect(await take(id, budgets, { tokens: 900 })).toMatchObject({ granted: true, today: { calls: 1, tokens: 900 } });
    expect(await granted(id, budgets, { tokens: 900 })).toBe(true);
    expect(await take(id, budgets)).toMatchObject({
      granted: false,
      over: { scope: 'all', limit: 'tokensPerDay' },
      today: { calls: 2, tokens: 1_800 },
    });
    accepted(await session.endTurn({ sessionId: id, worker: 'w', tokens: -1_500 }));
    expect((await rows()).map(({ tokens }) => tokens)).toEqual([300n, 300n, 300n, 300n]);
    expect(await granted(id, budgets)).toBe(true);
    accepted(await session.endTurn({ sessionId: id, worker: 'w', tokens: -1_000_000 }));
    expect((await rows()).map(({ tokens }) => tokens)).toEqual([0n, 0n, 0n, 0n]);
    accepted(await session.endTurn({ sessionId: id, worker: 'w', tokens: 5_000 }));
    expect(await granted(id, budgets)).toBe(false);
    await database.statement('UPDATE model_budgets SET day = day - 1');
    expect(await take(id, budgets)).toMatchObject({ granted: true, today: { calls: 1, tokens: 100 } });
    // Yesterday's reservation does not correct today's budget.
    await database.statement('UPDATE model_budgets SET day = day - 1');
    accepted(await session.endTurn({ sessionId: id, worker: 'w', tokens: -50 }));
    expect((await rows()).map(({ tokens }) => tokens)).toEqual([100n, 100n, 100n, 100n]);
  });

  it('taking and correcting for many sessions at once does not deadlock', async () => {
    const chats = await Promise.all(Array.from({ length: 12 }, (_, n) => chat(`office.c${n % 3}`)));
    const start = performance.now();
    await Promise.all(
      chats.flatMap((sessionId) =>
        Array.from({ length: 6 }, async (_, n) => {
          expect(await granted(sessionId, only({}))).toBe(true);
          accepted(await session.endTurn({ sessionId, worker: 'w', tokens: n - 3 }));
        }),
      ),
    );
    // Postgres detects a deadlock after a second.
    expect(performance.now() - start).toBeLessThan(5_000);
    expect((await rows()).find(({ scope }) => scope === 'all')).toMatchObject({ calls: 72 });
  });

  it('rows of past days are deleted in batches, and no others', async () => {
    for (let n = 0; n < 3; n++) await take(await chat(`c${n}.c`), only({}));
    await database.statement("UPDATE model_budgets SET day = day - 2 WHERE scope = 'chat'");
    expect([await createBudgetStore(database).sweep(2), await createBudgetStore(database).sweep(2)]).toEqual([2, 1]);
    expect((await rows()).map(({ scope }) => scope)).not.toContain('chat');
    expect(await rows()).toHaveLength(7);
  });
});
