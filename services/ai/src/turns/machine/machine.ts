import { storable, wholeSentences, wholeWords } from '../../context/text.ts';
import { failureHandover, misusedToolsHandover, promisedHandover, resumedHandover } from '../../handoff/handoff.ts';
import { promisesHuman } from '../../handoff/promise.ts';
import { type FailureKind, type FinishReason, failures, type ToolCall } from '../../model/model.ts';
import { TRANSFER_TOOL } from '../../tools/transfer-to-agent.ts';
import type { Conclusion, Exchange, Turn, TurnEffect, TurnEvent, TurnLimits, UnderWay } from './states.ts';

/*
 * One turn: what the bot does about the customer's newest words. This file decides; turn.ts does.
 *
 *                    ┌───── customer wrote ─────┐
 *                    ▼                          │
 *   loading ──► gathering ──► loading ──► asking ──► streaming ──► concluded
 *      │      (burst: until            ▲ (nothing      │  ▲           ▲
 *      │       it is quiet)            │  seen yet)    ▼  │           │
 *      │                               └───────────  using tools      │
 *      ├── greeting in a persona: the model's own, or else the fixed ─┤
 *      └── nothing to ask: greet, hand over, drop ────────────────────┘
 *
 * - Before the first token, a new customer message starts the asking afresh, with all that was said. [A2]
 *   After it, the answer is finished and the new message is left for the next turn.
 * - A greeting is finished whatever the customer writes meanwhile; that is answered in the next turn.
 * - When control has moved on, in any state, nothing is written any more. [C2]
 * - Every way on ends in an answer, a handover or, where somebody else answers, in dropping the turn. [A1]
 */

interface Step {
  turn: Turn;
  effects: TurnEffect[];
}

/** Should the store ever lag behind what was announced, it is not asked for ever. */
const MAX_LOADS = 10;

export function beginTurn(): Step {
  return {
    turn: { state: 'loading', restarts: 0, newestSeq: 0, newestEpoch: 0, loads: 1, gathered: false },
    effects: [{ do: 'load' }],
  };
}

/** Decides what an event means in the present state. Events that no longer matter change nothing. */
export function step(turn: Turn, event: TurnEvent, limits: TurnLimits): Step {
  if (turn.state === 'concluded') return { turn, effects: [] };
  if (event.type === 'called_off') return conclude({ kind: 'drop', why: event.why });
  if (event.type === 'control_moved') return controlMoved(turn, event.epoch);
  switch (turn.state) {
    case 'loading':
      return whileLoading(turn, event, limits);
    case 'gathering':
      return whileGathering(turn, event, limits);
    case 'greeting':
      return whileGreeting(turn, event);
    case 'asking':
      return whileAsking(turn, event, limits);
    case 'streaming':
      return whileStreaming(turn, event, limits);
    case 'using_tools':
      return whileUsingTools(turn, event, limits);
  }
}

type In<State extends Turn['state']> = Extract<Turn, { state: State }>;

function controlMoved(turn: Exclude<Turn, { state: 'concluded' }>, epoch: number): Step {
  if (turn.state === 'loading') return stay({ ...turn, newestEpoch: Math.max(turn.newestEpoch, epoch) });
  return epoch > turn.debt.epoch ? conclude({ kind: 'drop', why: 'control_moved' }) : stay(turn);
}

function whileLoading(turn: In<'loading'>, event: TurnEvent, limits: TurnLimits): Step {
  if (event.type === 'customer_wrote') return stay({ ...turn, newestSeq: Math.max(turn.newestSeq, event.seq) });
  if (event.type === 'time_up') return conclude({ kind: 'drop', why: 'unavailable' });
  if (event.type !== 'loaded') return stay(turn);
  const { debt, now } = event;
  const behind = debt.unansweredSeq < turn.newestSeq || debt.epoch < turn.newestEpoch;
  if (behind && turn.loads < MAX_LOADS) return { turn: { ...turn, loads: turn.loads + 1 }, effects: [{ do: 'load' }] };
  if (debt.kind === 'greeting' && !debt.persona) return conclude({ kind: 'greet' });
  if (debt.kind === 'handover') return conclude({ kind: 'hand_over', handover: resumedHandover });
  const underWay: UnderWay = {
    debt,
    restarts: turn.restarts,
    exchanges: [],
    warned: false,
    newestSeq: debt.unansweredSeq,
  };
  if (debt.kind === 'greeting')
    return { turn: { ...underWay, state: 'greeting' }, effects: [{ do: 'compose_greeting' }] };
  // Clocks of two machines differ: the wait is never longer than the quiet itself.
  const wait = Math.min(debt.newestAt + limits.burstQuietMs - now, limits.burstQuietMs);
  if (turn.gathered || wait <= 0) return ask(underWay);
  return {
    turn: { ...underWay, state: 'gathering', until: now + limits.burstMaxMs },
    effects: [{ do: 'wait', ms: wait }],
  };
}

function whileGathering(turn: In<'gathering'>, event: TurnEvent, limits: TurnLimits): Step {
  switch (event.type) {
    case 'customer_wrote': {
      if (event.seq <= turn.newestSeq) return stay(turn);
      const ms = Math.max(0, Math.min(limits.burstQuietMs, turn.until - event.now));
      return { turn: { ...turn, newestSeq: event.seq }, effects: [{ do: 'wait', ms }] };
    }
    case 'quiet':
      return turn.newestSeq > turn.debt.unansweredSeq ? loadAgain(turn, turn.restarts, true) : ask(turn);
    case 'time_up':
      return fail('overlong');
    default:
      return stay(turn);
  }
}

function whileGreeting(turn: In<'greeting'>, event: TurnEvent): Step {
  switch (event.type) {
    case 'greeting':
      return conclude({ kind: 'greet', ...(event.text !== undefined && { text: event.text }) });
    case 'failed':
    case 'time_up':
      return conclude({ kind: 'greet' });
    default:
      return stay(turn);
  }
}

function whileAsking(turn: In<'asking'>, event: TurnEvent, limits: TurnLimits): Step {
  switch (event.type) {
    case 'customer_wrote': {
      if (event.seq <= turn.newestSeq) return stay(turn);
      const newer = { ...turn, newestSeq: event.seq };
      const mayRestart = turn.exchanges.length === 0 && turn.restarts < limits.maxRestarts;
      if (!mayRestart) return stay(newer);
      const again = loadAgain(newer, turn.restarts + 1, false);
      return { ...again, effects: [{ do: 'stop' }, ...again.effects] };
    }
    case 'text':
    case 'tool_call':
    case 'finished':
      return whileStreaming({ ...turn, state: 'streaming', text: '' }, event, limits);
    case 'failed':
      return fail(event.kind, event.says);
    case 'time_up':
      return fail('overlong');
    default:
      return stay(turn);
  }
}

function whileStreaming(turn: In<'streaming'>, event: TurnEvent, limits: TurnLimits): Step {
  switch (event.type) {
    case 'text': {
      const text = event.afresh ? event.text : turn.text + event.text;
      const whole = textOf(turn.exchanges, text);
      if (whole.length > limits.maxAnswerLength) return cutAtLimit(whole.slice(0, limits.maxAnswerLength));
      return { turn: { ...turn, text }, effects: [{ do: 'draft', text: whole }] };
    }
    case 'finished':
      return finished(turn, event, limits);
    case 'failed':
      return fail(event.kind, event.says);
    case 'time_up':
      return outOfTime(textOf(turn.exchanges, turn.text));
    default:
      return stay(turn);
  }
}

function finished(
  turn: In<'streaming'>,
  event: { reason: FinishReason; calls: readonly ToolCall[] },
  limits: TurnLimits,
) {
  if (event.reason === 'content_filter') return fail('filtered');
  // The handover ends the bot's part: nothing that was called beside it is done. It is made also when the limit has cut
  // off what it was to be called with.
  const transfer = event.calls.find((call) => call.name === TRANSFER_TOOL);
  if (event.reason === 'length' && transfer === undefined) return cutAtLimit(textOf(turn.exchanges, turn.text));
  if (event.calls.length === 0) return answer(textOf(turn.exchanges, turn.text));
  if (turn.exchanges.length >= limits.maxToolRounds) return fail('tool_loop');
  const next: Turn = { ...turn, state: 'using_tools' };
  return { turn: next, effects: [{ do: 'run_tools' as const, calls: transfer ? [transfer] : event.calls }] };
}

function whileUsingTools(turn: In<'using_tools'>, event: TurnEvent, _limits: TurnLimits): Step {
  if (event.type === 'time_up') return fail('overlong');
  if (event.type !== 'tools_done') return stay(turn);
  for (const { result } of event.calls) {
    if (!('handover' in result)) continue;
    const text = textOf(turn.exchanges, turn.text);
    return conclude(
      text === ''
        ? { kind: 'hand_over', handover: result.handover }
        : { kind: 'answer', text, handover: result.handover },
    );
  }
  const misused = event.calls.some(({ outcome }) => outcome === 'misused');
  if (misused && turn.warned) return conclude({ kind: 'hand_over', handover: misusedToolsHandover });
  const exchanges = [...turn.exchanges, { text: turn.text, calls: event.calls }];
  return ask({ ...turn, exchanges, warned: turn.warned || misused });
}

function ask({ debt, restarts, exchanges, warned, newestSeq }: UnderWay): Step {
  return {
    turn: { state: 'asking', debt, restarts, exchanges, warned, newestSeq },
    effects: [{ do: 'ask', exchanges }],
  };
}

function loadAgain(turn: UnderWay, restarts: number, gathered: boolean): Step {
  const { newestSeq, debt } = turn;
  return {
    turn: { state: 'loading', restarts, newestSeq, newestEpoch: debt.epoch, loads: 1, gathered },
    effects: [{ do: 'load' }],
  };
}

/** The answer so far, when there is no time for more: up to the end of a sentence, or none at all. */
function outOfTime(text: string): Step {
  const sentences = wholeSentences(storable(text));
  return sentences === undefined ? fail('overlong') : answer(sentences, 'time');
}

/** The answer so far, when there is no room for more: what the customer has read of it stays, and they may ask for the rest. */
function cutAtLimit(text: string): Step {
  const words = wholeWords(storable(text));
  return words === undefined ? fail('garbled') : answer(words, 'length');
}

function answer(text: string, cut?: 'length' | 'time'): Step {
  const handover = promisesHuman(text) ? { handover: promisedHandover, resumedHandover } : {};
  return conclude({ kind: 'answer', text, ...(cut && { cut }), ...handover });
}

function fail(kind: FailureKind, says: string = failures[kind].says): Step {
  return conclude({ kind: 'hand_over', handover: failureHandover(kind, says) });
}

function conclude(conclusion: Conclusion): Step {
  return { turn: { state: 'concluded', conclusion }, effects: [{ do: 'stop' }] };
}

const stay = (turn: Turn): Step => ({ turn, effects: [] });

/** What the model said before and between its tools is part of the answer. */
function textOf(exchanges: readonly Exchange[], text: string): string {
  return storable(
    [...exchanges.map((exchange) => exchange.text), text]
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}
