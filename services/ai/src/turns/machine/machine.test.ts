import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promisedHandoff } from '../../handoff/handoff.ts';
import { type FailureKind, failures } from '../../model/model.ts';
import type { CallOutcome } from '../../tools/registry.ts';
import { beginTurn, step } from './machine.ts';
import type { PendingReply, Turn, TurnEffect, TurnEvent, TurnLimits } from './states.ts';

const limits: TurnLimits = {
  burstQuietMs: 300,
  burstMaxMs: 3_000,
  maxRestarts: 2,
  maxToolRounds: 2,
  maxAnswerLength: 200,
};
const pending = (rest: Partial<PendingReply> = {}): PendingReply => ({
  epoch: 1,
  unansweredSeq: 3,
  newestAt: 1_000,
  kind: 'answer',
  ...rest,
});
const loaded = (rest: Partial<PendingReply> = {}, now = 1_100): TurnEvent => ({
  type: 'loaded',
  pending: pending(rest),
  now,
});
const wrote = (seq: number, now = 1_200): TurnEvent => ({ type: 'customer_wrote', seq, now });
const quiet: TurnEvent = { type: 'quiet' };
const text = (words: string): TurnEvent => ({ type: 'text', text: words });
const stop: TurnEvent = { type: 'finished', reason: 'stop', calls: [] };
const call = { id: 'c1', name: 'order_status', arguments: '{}' };
const called = (outcome: CallOutcome['outcome']): TurnEvent => ({
  type: 'tools_done',
  calls: [{ call, name: 'order_status', outcome, tookMs: 1, result: { ok: outcome === 'ok', text: 'result' } }],
});
const callsTool: TurnEvent = { type: 'finished', reason: 'tool_calls', calls: [call] };

/** Plays events from the beginning, and gives the last state and every effect. */
function play(...events: TurnEvent[]): { turn: Turn; effects: TurnEffect[] } {
  let { turn, effects } = beginTurn();
  for (const event of events) {
    const next = step(turn, event, limits);
    turn = next.turn;
    effects = [...effects, ...next.effects];
  }
  return { turn, effects };
}
const does = (...events: TurnEvent[]) => play(...events).effects.map((effect) => effect.do);
const ends = (...events: TurnEvent[]) => {
  const { turn } = play(...events);
  return turn.state === 'concluded' ? turn.conclusion : turn.state;
};

describe('[A2] bursts', () => {
  it('waits for the rest of the quiet since the newest message', () => {
    expect(play(loaded()).effects.at(-1)).toEqual({ do: 'wait', ms: 200 });
    expect(does(loaded({}, 1_300))).toEqual(['load', 'request']);
  });
  it('a clock that is ahead makes no customer wait longer than the quiet period', () => {
    expect(play(loaded({ newestAt: 99_000 })).effects.at(-1)).toEqual({ do: 'wait', ms: 300 });
  });
  it('waits again for each message, then loads them all', () => {
    const { turn, effects } = play(
      loaded(),
      wrote(4),
      wrote(5, 1_400),
      quiet,
      loaded({ unansweredSeq: 5, newestAt: 1_400 }, 1_500),
    );
    expect(effects.map((effect) => effect.do)).toEqual(['load', 'wait', 'wait', 'wait', 'load', 'request']);
    expect(turn).toMatchObject({ state: 'requesting', pending: { unansweredSeq: 5 } });
  });
  it('a burst without end is answered', () => {
    expect(play(loaded(), wrote(4, 4_050)).effects.at(-1)).toEqual({ do: 'wait', ms: 50 });
    expect(play(loaded(), wrote(4, 9_000)).effects.at(-1)).toEqual({ do: 'wait', ms: 0 });
  });
  it('a notification of what is loaded already changes nothing', () => {
    expect(does(loaded(), wrote(3), quiet, wrote(2), text('Hi'))).toEqual(['load', 'wait', 'request', 'draft']);
  });
  it('loads again while it is behind the notifications, a bounded number of times', () => {
    expect(does(wrote(4), loaded(), loaded({ unansweredSeq: 4 }, 9_000))).toEqual(['load', 'load', 'request']);
    expect(
      does(wrote(4), ...Array.from({ length: 12 }, () => loaded({}, 9_000))).filter((effect) => effect === 'load'),
    ).toHaveLength(10);
  });
  it('starts afresh before the first word, a bounded number of times', () => {
    const again = [wrote(4), loaded({ unansweredSeq: 4 }, 9_000), wrote(5), loaded({ unansweredSeq: 5 }, 9_000)];
    expect(does(loaded({}, 9_000), ...again)).toEqual([
      'load',
      'request',
      'stop',
      'load',
      'request',
      'stop',
      'load',
      'request',
    ]);
    expect(does(loaded({}, 9_000), ...again, wrote(6)).at(-1)).toBe('request');
  });
  it('finishes what has begun to be seen', () => {
    expect(ends(loaded({}, 9_000), text('Hello'), wrote(4), text(' there'), stop)).toEqual({
      kind: 'answer',
      text: 'Hello there',
    });
  });
});

describe('[A1] ends', () => {
  const requesting = loaded({}, 9_000);
  const toHuman = (via: string) => ({
    kind: 'hand_off',
    handoff: { cause: 'bot_failed', via, priority: via === 'over_share' ? 'low' : 'normal' },
  });

  it.each(Object.keys(failures) as FailureKind[])('%s: a human', (kind) => {
    expect(ends(requesting, { type: 'failed', kind })).toMatchObject(toHuman(kind));
    expect(ends(requesting, text('So'), { type: 'failed', kind })).toMatchObject(toHuman(kind));
  });
  it('greets without the model', () => expect(ends(loaded({ kind: 'greeting' }))).toEqual({ kind: 'greet' }));
  it('greets in a persona by the model, and in the fixed words when that fails', () => {
    const greets = loaded({ kind: 'greeting', persona: true, beginningSeq: 1 });
    expect(does(greets)).toEqual(['load', 'compose_greeting']);
    expect(ends(greets, { type: 'greeting', text: 'Ahoy!' })).toEqual({ kind: 'greet', text: 'Ahoy!' });
    for (const failing of [
      { type: 'greeting', text: undefined },
      { type: 'failed', kind: 'slow' },
      { type: 'time_up' },
    ] satisfies TurnEvent[])
      expect(ends(greets, failing)).toEqual({ kind: 'greet' });
  });
  it('a message of the customer does not interrupt a greeting; a change of control does', () => {
    const greets = loaded({ kind: 'greeting', persona: true, beginningSeq: 1 });
    expect(ends(greets, wrote(4), quiet)).toBe('greeting');
    expect(ends(greets, { type: 'control_moved', epoch: 2 })).toEqual({ kind: 'drop', why: 'control_moved' });
  });
  it('time is up: whole sentences, or a human', () => {
    const up: TurnEvent = { type: 'time_up' };
    expect(ends(requesting, up)).toMatchObject(toHuman('overlong'));
    expect(ends(requesting, text('One thing. Another th'), up)).toEqual({
      kind: 'answer',
      text: 'One thing.',
      cut: 'time',
    });
    expect(ends(requesting, text('One thing and ano'), up)).toMatchObject(toHuman('overlong'));
    expect(ends(requesting, callsTool, up)).toMatchObject(toHuman('overlong'));
    expect(ends(up)).toEqual({ kind: 'drop', why: 'unavailable' });
  });
  it('cuts what goes on and on', () => {
    expect(ends(requesting, text(`A sentence. ${'x'.repeat(300)}`))).toEqual({
      kind: 'answer',
      text: 'A sentence.',
      cut: 'length',
    });
    expect(ends(requesting, text('x'.repeat(300)))).toMatchObject(toHuman('garbled'));
  });
  it.each([
    ['a list', 'We have:\n- the Aurora lamp\n- the Bor', 'We have:\n- the Aurora lamp\n- the…'],
    ['a sentence', 'It is in stock. It costs 3', 'It is in stock. It costs…'],
    ['Thai', 'ร้านของเราเปิดทุกวันตั้งแต่เก้าโมงเช้าถึงหกโมงเย็น', 'ร้านของเราเปิดทุกวันตั้งแต่เก้าโมงเช้าถึงหกโมง…'],
    ['Chinese', '我们的商店每天从早上九点到晚上六点营业', '我们的商店每天从早上九点到晚上六点…'],
  ])('cut at the limit, in the middle of %s: what was read stays, marked', (_, read, stays) => {
    const limit: TurnEvent = { type: 'finished', reason: 'length', calls: [] };
    expect(ends(requesting, text(read), limit)).toEqual({ kind: 'answer', text: stays, cut: 'length' });
  });
  it('a handoff that the limit has cut off is made', () => {
    const transfer = { id: 'c2', name: 'transfer_to_agent', arguments: '{"reason": "she ask' };
    const { effects } = play(requesting, { type: 'finished', reason: 'length', calls: [transfer] });
    expect(effects.at(-1)).toEqual({ do: 'run_tools', calls: [transfer] });
  });
  it('text that turns out to be thoughts is replaced', () => {
    const afresh: TurnEvent = { type: 'text', text: '', afresh: true };
    expect(ends(requesting, text('They want'), afresh, text('At nine.'), stop)).toEqual({
      kind: 'answer',
      text: 'At nine.',
    });
  });
  it('tools: their results go back to the model, what was said before is part of the answer', () => {
    const { turn, effects } = play(
      requesting,
      text('Let me look.'),
      callsTool,
      called('ok'),
      text('It is sent.'),
      stop,
    );
    expect(turn).toMatchObject({ conclusion: { kind: 'answer', text: 'Let me look.\n\nIt is sent.' } });
    expect(effects.filter((effect) => effect.do === 'draft').at(-1)).toEqual({
      do: 'draft',
      text: 'Let me look.\n\nIt is sent.',
    });
  });
  it('tools without end', () => {
    expect(ends(requesting, callsTool, called('ok'), callsTool, called('failed'), callsTool)).toMatchObject(
      toHuman('tool_loop'),
    );
  });
  it('an answer that promises a human carries that handoff, and nothing else', () => {
    const promise = text("I'm connecting you with a colleague.");
    expect(ends(requesting, promise, stop)).toEqual({
      kind: 'answer',
      text: "I'm connecting you with a colleague.",
      handoff: promisedHandoff,
    });
  });
  it('a stand-in answers, whatever happens, and hands nothing off', () => {
    const waiting = loaded({ standIn: true }, 9_000);
    const promise = text("I'm connecting you with a colleague.");
    expect(ends(waiting, promise, stop)).toEqual({ kind: 'answer', text: "I'm connecting you with a colleague." });
    expect(ends(waiting, { type: 'time_up' })).toMatchObject({ kind: 'answer', noAnswer: { via: 'overlong' } });
    expect(ends(loaded({ standIn: true, kind: 'handoff' }))).toMatchObject({
      kind: 'answer',
      noAnswer: { via: 'resumed' },
    });
  });
  it('wrong calls: told once, then a human', () => {
    expect(ends(requesting, callsTool, called('misused'))).toBe('requesting');
    expect(ends(requesting, callsTool, called('misused'), callsTool, called('misused'))).toMatchObject(
      toHuman('misused_tools'),
    );
  });
  it('the handoff is the only tool that runs of those called with it', () => {
    const transfer = { id: 'c2', name: 'transfer_to_agent', arguments: '{}' };
    const { effects } = play(requesting, { type: 'finished', reason: 'tool_calls', calls: [call, transfer] });
    expect(effects.at(-1)).toEqual({ do: 'run_tools', calls: [transfer] });
  });
});

describe('[C2] control', () => {
  const moved = (epoch: number): TurnEvent => ({ type: 'control_moved', epoch });
  it('that moved ends the turn in any state', () => {
    const drop = { kind: 'drop', why: 'control_moved' };
    expect(ends(loaded(), moved(2))).toEqual(drop);
    expect(ends(loaded({}, 9_000), moved(2))).toEqual(drop);
    expect(ends(loaded({}, 9_000), text('Hi'), moved(2))).toEqual(drop);
    expect(ends(loaded({}, 9_000), callsTool, moved(2))).toEqual(drop);
    expect(does(loaded({}, 9_000), text('Hi'), moved(2)).at(-1)).toBe('stop');
  });
  it('that moved before the load changes nothing', () => {
    expect(ends(loaded({ epoch: 2 }, 9_000), moved(2))).toBe('requesting');
  });
  it('that moved while loading makes it load again', () => {
    expect(does(moved(2), loaded(), { type: 'called_off', why: 'nothing_pending' })).toEqual(['load', 'load', 'stop']);
  });
});

it('[A1] whatever comes in whatever order, a concluded turn stays, and time ends every other', () => {
  const anyEvent: fc.Arbitrary<TurnEvent> = fc.oneof(
    fc.record({
      type: fc.constant('loaded' as const),
      pending: fc.record({
        epoch: fc.integer({ min: 1, max: 3 }),
        unansweredSeq: fc.integer({ min: 1, max: 9 }),
        newestAt: fc.integer({ min: 0, max: 9_000 }),
        kind: fc.constantFrom('greeting', 'answer', 'handoff'),
        persona: fc.boolean(),
      }),
      now: fc.integer({ min: 0, max: 9_000 }),
    }),
    fc.integer({ min: 1, max: 9 }).map((seq) => wrote(seq)),
    fc.integer({ min: 1, max: 4 }).map((epoch) => ({ type: 'control_moved' as const, epoch })),
    fc.string({ maxLength: 120 }).map(text),
    fc.constantFrom(quiet, stop, callsTool, called('ok'), called('misused'), { type: 'tool_call' as const }),
    fc.constantFrom<FailureKind>('slow', 'empty').map((kind) => ({ type: 'failed' as const, kind })),
  );
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      let { turn } = beginTurn();
      for (const event of events) {
        const before = turn;
        const next = step(turn, event, limits);
        turn = next.turn;
        if (before.state === 'concluded') expect(next).toEqual({ turn: before, effects: [] });
        // What is concluded is always stopped; a turn under way always has something that will come of it.
        else if (turn.state === 'concluded') expect(next.effects.at(-1)).toEqual({ do: 'stop' });
      }
      expect(step(turn, { type: 'time_up' }, limits).turn.state).toBe('concluded');
    }),
  );
});
