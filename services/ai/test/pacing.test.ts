import type { Draft } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCircuit } from '../src/circuit.ts';
import { createDrafts } from '../src/draft.ts';
import { ModelFailure } from '../src/model.ts';
import { createTurns } from '../src/turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('[M6] drafts', () => {
  const about = { sessionId: 's', turnId: 't', inReplyTo: 3, epoch: 1 };
  const draw = () => {
    const seen: Draft[] = [];
    return { seen, drafts: createDrafts({ everyMs: 60, about, publish: (draft) => void seen.push(draft) }) };
  };

  it('the first words at once, then the newest text every 60 ms, then the end', () => {
    const { seen, drafts } = draw();
    let text = '';
    for (const word of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      text += word;
      drafts.show(text);
      vi.advanceTimersByTime(25);
    }
    drafts.end();
    expect(seen.map((draft) => [draft.text, draft.ended])).toEqual([
      ['a', false],
      ['abc', false],
      ['abcde', false],
      ['abcdefgh', false],
      ['abcdefgh', true],
    ]);
    vi.advanceTimersByTime(1_000);
    drafts.show('late');
    drafts.end();
    expect(seen).toHaveLength(5);
  });

  it('the last words are shown without another to push them', () => {
    const { seen, drafts } = draw();
    drafts.show('a');
    drafts.show('ab');
    vi.advanceTimersByTime(60);
    expect(seen.at(-1)).toMatchObject({ text: 'ab', ended: false });
  });

  it('an answer that never showed anything ends without a word', () => {
    const { seen, drafts } = draw();
    drafts.end();
    expect(seen).toEqual([]);
  });
});

describe('[A1] the circuit', () => {
  const down = new ModelFailure('unreachable');
  it('opens after three failures in a row, and lets one try after a while', () => {
    const circuit = createCircuit();
    for (let turn = 0; turn < 3; turn++) {
      expect(circuit.mayAsk()).toBe(true);
      circuit.failed(down);
    }
    expect(circuit.mayAsk()).toBe(false);
    vi.advanceTimersByTime(15_000);
    expect([circuit.mayAsk(), circuit.mayAsk()]).toEqual([true, false]);
    circuit.failed(down);
    expect(circuit.mayAsk()).toBe(false);
    vi.advanceTimersByTime(15_000);
    expect(circuit.mayAsk()).toBe(true);
    circuit.succeeded();
    expect([circuit.mayAsk(), circuit.mayAsk()]).toEqual([true, true]);
  });
  it('does not count answers that fail for a reason of their own', () => {
    const circuit = createCircuit();
    for (let turn = 0; turn < 9; turn++) circuit.failed(new ModelFailure('filtered'));
    expect(circuit.mayAsk()).toBe(true);
  });
  it('a try that was called off lets the next one try', () => {
    const circuit = createCircuit();
    for (let turn = 0; turn < 3; turn++) circuit.failed(down);
    vi.advanceTimersByTime(15_000);
    expect(circuit.mayAsk()).toBe(true);
    circuit.undecided();
    expect(circuit.mayAsk()).toBe(true);
  });
});

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
