import { createLog } from '@baton/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTurnScheduler } from './scheduler.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the turn scheduler', () => {
  const log = createLog({ service: 'ai', instance: 'test', level: 'silent' });
  const bench = (max: number) => {
    const began: string[] = [];
    const givenBack: string[] = [];
    const ends = new Map<string, (morePending: boolean, outcome?: 'answered' | 'dropped') => void>();
    const scheduler = createTurnScheduler({
      max,
      log,
      giveBack: (id: string) => void givenBack.push(id),
      run: (id, draining) => {
        began.push(id);
        return new Promise((resolve) => {
          ends.set(id, (morePending, outcome = 'answered') => resolve({ outcome, morePending }));
          draining.addEventListener('abort', () => resolve({ outcome: 'dropped', morePending: true }));
        });
      },
    });
    const settle = () => vi.advanceTimersByTimeAsync(0);
    return { began, givenBack, ends, scheduler, settle };
  };

  it("[S6] shares its capacity: one customer's burst gets a part of it at most", async () => {
    const { began, ends, scheduler, settle } = bench(4);
    const flood = Array.from({ length: 40 }, (_, n) => `m${n}`);
    for (const [n, id] of flood.entries()) scheduler.schedule(id, `mallory.m${n % 10}`);
    scheduler.schedule('a', 'ann.ann');
    scheduler.schedule('b', 'bob.bob');
    // Two of four are one address's part, one a customer's.
    expect(began).toEqual(['m0', 'm1', 'a', 'b']);
    scheduler.schedule('c', 'cleo.cleo');
    scheduler.schedule('a2', 'ann.ann');
    expect(began).toHaveLength(4);
    for (const id of ['m0', 'm1', 'a']) ends.get(id)?.(false);
    await settle();
    expect(began.slice(4).sort()).toEqual(['a2', 'c', expect.stringMatching(/^m/)]);
  });

  it('[S6] a session with more pending queues behind the others after each turn', async () => {
    const { began, ends, scheduler, settle } = bench(1);
    scheduler.schedule('endless', 'mallory.m');
    scheduler.schedule('b', 'bob.bob');
    scheduler.schedule('endless', 'mallory.m');
    for (let turn = 0; turn < 3; turn++) {
      ends.get(began.at(-1) ?? '')?.(began.at(-1) === 'endless');
      await settle();
    }
    expect(began).toEqual(['endless', 'b', 'endless', 'endless']);
  });

  it('[S6] queues a limited number of one address, and none of the others is lost', () => {
    const { scheduler } = bench(1);
    scheduler.schedule('first', 'mallory.m');
    const accepted = Array.from({ length: 600 }, (_, n) => scheduler.schedule(`m${n}`, `mallory.m${n}`));
    expect(accepted.filter(Boolean)).toHaveLength(500);
    expect(scheduler.schedule('b', 'bob.bob')).toBe(true);
  });

  it('one at a time for a session; a request meanwhile causes another turn', async () => {
    const { began, ends, scheduler, settle } = bench(10);
    expect([scheduler.schedule('a'), scheduler.schedule('a'), scheduler.schedule('b')]).toEqual([true, false, true]);
    ends.get('a')?.(false);
    await settle();
    expect(began).toEqual(['a', 'b', 'a']);
    ends.get('a')?.(false);
    await settle();
    expect(scheduler.underWay).toBe(1);
  });

  it('goes on while more is pending, but not after a turn that failed', async () => {
    const { began, ends, scheduler, settle } = bench(10);
    scheduler.schedule('a');
    ends.get('a')?.(true);
    await settle();
    expect(began).toEqual(['a', 'a']);
    ends.get('a')?.(true, 'dropped');
    await settle();
    expect(began).toEqual(['a', 'a']);
    expect(scheduler.underWay).toBe(0);
  });

  it('no more at once than the limit; the others wait in order', async () => {
    const { began, ends, scheduler, settle } = bench(2);
    for (const id of ['a', 'b', 'c', 'd']) expect(scheduler.schedule(id)).toBe(true);
    expect(scheduler.schedule('c')).toBe(false);
    expect(began).toEqual(['a', 'b']);
    ends.get('b')?.(false);
    await settle();
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('[O1] drains: takes no more, lets those under way finish, then calls them off and hands them back', async () => {
    const { began, ends, scheduler, givenBack, settle } = bench(2);
    for (const id of ['a', 'b', 'c']) scheduler.schedule(id);
    const drained = scheduler.drain(20_000);
    expect(scheduler.schedule('d')).toBe(false);
    ends.get('a')?.(false);
    await settle();
    expect(givenBack).toEqual(['c']);
    await vi.advanceTimersByTimeAsync(20_000);
    await drained;
    expect(began).toEqual(['a', 'b']);
    expect(givenBack).toEqual(['c', 'b']);
    expect(scheduler.underWay).toBe(0);
  });
});
