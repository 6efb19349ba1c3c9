import { createLog } from '@baton/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTurns } from './scheduler.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the turns of a process', () => {
  const log = createLog({ service: 'ai', instance: 'test', level: 'silent' });
  const bench = (max: number) => {
    const began: string[] = [];
    const handedBack: string[] = [];
    const ends = new Map<string, (owed: boolean, outcome?: 'answered' | 'dropped') => void>();
    const turns = createTurns({
      max,
      log,
      handBack: (id: string) => void handedBack.push(id),
      run: (id, draining) => {
        began.push(id);
        return new Promise((resolve) => {
          ends.set(id, (owed, outcome = 'answered') => resolve({ outcome, owed }));
          draining.addEventListener('abort', () => resolve({ outcome: 'dropped', owed: true }));
        });
      },
    });
    const settle = () => vi.advanceTimersByTimeAsync(0);
    return { began, handedBack, ends, turns, settle };
  };

  it("[S6] shares what it can do at once: one customer's burst is one of many, and takes a part at most", async () => {
    const { began, ends, turns, settle } = bench(4);
    const flood = Array.from({ length: 40 }, (_, n) => `m${n}`);
    for (const [n, id] of flood.entries()) turns.start(id, `mallory.m${n % 10}`);
    turns.start('a', 'ann.ann');
    turns.start('b', 'bob.bob');
    // Two of four are one address's part, one a customer's.
    expect(began).toEqual(['m0', 'm1', 'a', 'b']);
    turns.start('c', 'cleo.cleo');
    turns.start('a2', 'ann.ann');
    expect(began).toHaveLength(4);
    for (const id of ['m0', 'm1', 'a']) ends.get(id)?.(false);
    await settle();
    expect(began.slice(4).sort()).toEqual(['a2', 'c', expect.stringMatching(/^m/)]);
  });

  it('[S6] a chat that goes on and on stands behind the others again after each turn', async () => {
    const { began, ends, turns, settle } = bench(1);
    turns.start('endless', 'mallory.m');
    turns.start('b', 'bob.bob');
    turns.start('endless', 'mallory.m');
    for (let turn = 0; turn < 3; turn++) {
      ends.get(began.at(-1) ?? '')?.(began.at(-1) === 'endless');
      await settle();
    }
    expect(began).toEqual(['endless', 'b', 'endless', 'endless']);
  });

  it('[S6] holds no more than so many of one address, and forgets none of the others', () => {
    const { turns } = bench(1);
    turns.start('first', 'mallory.m');
    const accepted = Array.from({ length: 600 }, (_, n) => turns.start(`m${n}`, `mallory.m${n}`));
    expect(accepted.filter(Boolean)).toHaveLength(500);
    expect(turns.start('b', 'bob.bob')).toBe(true);
  });

  it('one at a time for a session; what comes meanwhile is looked at afterwards', async () => {
    const { began, ends, turns, settle } = bench(10);
    expect([turns.start('a'), turns.start('a'), turns.start('b')]).toEqual([true, false, true]);
    ends.get('a')?.(false);
    await settle();
    expect(began).toEqual(['a', 'b', 'a']);
    ends.get('a')?.(false);
    await settle();
    expect(turns.underWay).toBe(1);
  });

  it('goes on while something is owed, but not with what it could not do', async () => {
    const { began, ends, turns, settle } = bench(10);
    turns.start('a');
    ends.get('a')?.(true);
    await settle();
    expect(began).toEqual(['a', 'a']);
    ends.get('a')?.(true, 'dropped');
    await settle();
    expect(began).toEqual(['a', 'a']);
    expect(turns.underWay).toBe(0);
  });

  it('no more at once than allowed; the others wait in order', async () => {
    const { began, ends, turns, settle } = bench(2);
    for (const id of ['a', 'b', 'c', 'd']) expect(turns.start(id)).toBe(true);
    expect(turns.start('c')).toBe(false);
    expect(began).toEqual(['a', 'b']);
    ends.get('b')?.(false);
    await settle();
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('[O1] drains: takes no more, lets those under way finish, then calls them off and hands them back', async () => {
    const { began, ends, turns, handedBack, settle } = bench(2);
    for (const id of ['a', 'b', 'c']) turns.start(id);
    const drained = turns.drain(20_000);
    expect(turns.start('d')).toBe(false);
    ends.get('a')?.(false);
    await settle();
    expect(handedBack).toEqual(['c']);
    await vi.advanceTimersByTimeAsync(20_000);
    await drained;
    expect(began).toEqual(['a', 'b']);
    expect(handedBack).toEqual(['c', 'b']);
    expect(turns.underWay).toBe(0);
  });
});
