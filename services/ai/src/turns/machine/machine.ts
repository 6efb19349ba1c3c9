import { storable, wholeSentences, wholeWords } from '../../context/well-formed-text.ts';
import { failureHandoff, misusedToolsHandoff, promisedHandoff, resumedHandoff } from '../../handoff/handoff.ts';
import { promisesHuman } from '../../handoff/promise.ts';
import { type FailureKind, type FinishReason, failures, type ToolCall } from '../../model/model.ts';
import { TRANSFER_TOOL } from '../../tools/transfer-to-agent.ts';
import { concludedAsStandIn } from './stand-in.ts';
import type { Conclusion, Exchange, Turn, TurnEffect, TurnEvent, TurnLimits, UnderWay } from './states.ts';

/*
 * One turn: what the bot does about the customer's newest messages. This file decides; effects/ performs.
 *
 *                    ┌───── customer wrote ─────┐
 *                    ▼                          │
 *   loading ──► coalescing ──► loading ──► requesting ──► streaming ──► concluded
 *      │      (burst: until             ▲ (nothing           │  ▲          ▲
 *      │       it is quiet)             │  shown yet)        ▼  │          │
 *      │                                └──────────────  running tools     │
 *      ├── greeting in a persona: the model's, else the configured one ────┤
 *      └── no model needed: greet, hand off, drop ─────────────────────────┘
 *
 * - Before the first token, a new customer message restarts the request with everything that was said. [A2]
 *   After it, the answer is finished and the new message is left for the next turn.
 * - A greeting is finished even if the customer writes meanwhile; the next turn answers that.
 * - When control has moved, in any state, nothing more is written. [C2]
 * - Every path ends in an answer, a handoff or, where another worker or an agent answers, in dropping the turn. [A1]
 * - A stand-in never hands off: the session already waits. [A1]
 */

interface Step {
  turn: Turn;
  effects: TurnEffect[];
}

/** Bounds reloading in case the store keeps lagging behind the events. */
const MAX_LOADS = 10;

export function beginTurn(): Step {
  return {
    turn: { state: 'loading', restarts: 0, newestSeq: 0, newestEpoch: 0, loads: 1, coalesced: false },
    effects: [{ do: 'load' }],
  };
}

/** Decides what an event means in the present state. Events that no longer matter change nothing. */
export function step(turn: Turn, event: TurnEvent, limits: TurnLimits): Step {
  const next = decide(turn, event, limits);
  if (turn.state === 'concluded' || next.turn.state !== 'concluded') return next;
  const pending = event.type === 'loaded' ? event.pending : turn.state === 'loading' ? undefined : turn.pending;
  return pending?.standIn ? conclude(concludedAsStandIn(next.turn.conclusion)) : next;
}

function decide(turn: Turn, event: TurnEvent, limits: TurnLimits): Step {
  if (turn.state === 'concluded') return { turn, effects: [] };
  if (event.type === 'called_off') return conclude({ kind: 'drop', why: event.why });
  if (event.type === 'control_moved') return controlMoved(turn, event.epoch);
  switch (turn.state) {
    case 'loading':
      return whileLoading(turn, event, limits);
    case 'coalescing':
      return whileCoalescing(turn, event, limits);
    case 'greeting':
      return whileGreeting(turn, event);
    case 'requesting':
      return whileRequesting(turn, event, limits);
    case 'streaming':
      return whileStreaming(turn, event, limits);
    case 'running_tools':
      return whileRunningTools(turn, event);
  }
}

type In<State extends Turn['state']> = Extract<Turn, { state: State }>;

function controlMoved(turn: Exclude<Turn, { state: 'concluded' }>, epoch: number): Step {
  if (turn.state === 'loading') return stay({ ...turn, newestEpoch: Math.max(turn.newestEpoch, epoch) });
  return epoch > turn.pending.epoch ? conclude({ kind: 'drop', why: 'control_moved' }) : stay(turn);
}

function whileLoading(turn: In<'loading'>, event: TurnEvent, limits: TurnLimits): Step {
  if (event.type === 'customer_wrote') return stay({ ...turn, newestSeq: Math.max(turn.newestSeq, event.seq) });
  if (event.type === 'time_up') return conclude({ kind: 'drop', why: 'unavailable' });
  if (event.type !== 'loaded') return stay(turn);
  const { pending, now } = event;
  const behind = pending.unansweredSeq < turn.newestSeq || pending.epoch < turn.newestEpoch;
  if (behind && turn.loads < MAX_LOADS) return { turn: { ...turn, loads: turn.loads + 1 }, effects: [{ do: 'load' }] };
  if (pending.kind === 'greeting' && !pending.persona) return conclude({ kind: 'greet' });
  if (pending.kind === 'handoff') return conclude({ kind: 'hand_off', handoff: resumedHandoff });
  const underWay: UnderWay = {
    pending,
    restarts: turn.restarts,
    exchanges: [],
    warned: false,
    newestSeq: pending.unansweredSeq,
  };
  if (pending.kind === 'greeting')
    return { turn: { ...underWay, state: 'greeting' }, effects: [{ do: 'compose_greeting' }] };
  // The clocks of two machines differ: never wait longer than the quiet period itself.
  const wait = Math.min(pending.newestAt + limits.burstQuietMs - now, limits.burstQuietMs);
  if (turn.coalesced || wait <= 0) return request(underWay);
  return {
    turn: { ...underWay, state: 'coalescing', until: now + limits.burstMaxMs },
    effects: [{ do: 'wait', ms: wait }],
  };
}

function whileCoalescing(turn: In<'coalescing'>, event: TurnEvent, limits: TurnLimits): Step {
  switch (event.type) {
    case 'customer_wrote': {
      if (event.seq <= turn.newestSeq) return stay(turn);
      const ms = Math.max(0, Math.min(limits.burstQuietMs, turn.until - event.now));
      return { turn: { ...turn, newestSeq: event.seq }, effects: [{ do: 'wait', ms }] };
    }
    case 'quiet':
      return turn.newestSeq > turn.pending.unansweredSeq ? loadAgain(turn, turn.restarts, true) : request(turn);
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

function whileRequesting(turn: In<'requesting'>, event: TurnEvent, limits: TurnLimits): Step {
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
  // A handoff ends the bot's part, so other calls of this round are not run. It is made even when the limit cut off its
  // arguments.
  const transfer = event.calls.find((call) => call.name === TRANSFER_TOOL);
  if (event.reason === 'length' && transfer === undefined) return cutAtLimit(textOf(turn.exchanges, turn.text));
  if (event.calls.length === 0) return answer(textOf(turn.exchanges, turn.text));
  if (turn.exchanges.length >= limits.maxToolRounds) return fail('tool_loop');
  const next: Turn = { ...turn, state: 'running_tools' };
  return { turn: next, effects: [{ do: 'run_tools' as const, calls: transfer ? [transfer] : event.calls }] };
}

function whileRunningTools(turn: In<'running_tools'>, event: TurnEvent): Step {
  if (event.type === 'time_up') return fail('overlong');
  if (event.type !== 'tools_done') return stay(turn);
  for (const { result } of event.calls) {
    if (!('handoff' in result)) continue;
    const text = textOf(turn.exchanges, turn.text);
    return conclude(
      text === '' ? { kind: 'hand_off', handoff: result.handoff } : { kind: 'answer', text, handoff: result.handoff },
    );
  }
  const misused = event.calls.some(({ outcome }) => outcome === 'misused');
  if (misused && turn.warned) return conclude({ kind: 'hand_off', handoff: misusedToolsHandoff });
  const exchanges = [...turn.exchanges, { text: turn.text, calls: event.calls }];
  return request({ ...turn, exchanges, warned: turn.warned || misused });
}

function request({ pending, restarts, exchanges, warned, newestSeq }: UnderWay): Step {
  return {
    turn: { state: 'requesting', pending, restarts, exchanges, warned, newestSeq },
    effects: [{ do: 'request', exchanges }],
  };
}

function loadAgain(turn: UnderWay, restarts: number, coalesced: boolean): Step {
  const { newestSeq, pending } = turn;
  return {
    turn: { state: 'loading', restarts, newestSeq, newestEpoch: pending.epoch, loads: 1, coalesced },
    effects: [{ do: 'load' }],
  };
}

/** Time is up: the whole sentences so far, or a failure when there are none. */
function outOfTime(text: string): Step {
  const sentences = wholeSentences(storable(text));
  return sentences === undefined ? fail('overlong') : answer(sentences, 'time');
}

/** The length limit is reached: the customer has read these words, so they stay, and can ask for the rest. */
function cutAtLimit(text: string): Step {
  const words = wholeWords(storable(text));
  return words === undefined ? fail('garbled') : answer(words, 'length');
}

function answer(text: string, cut?: 'length' | 'time'): Step {
  const handoff = promisesHuman(text) && { handoff: promisedHandoff };
  return conclude({ kind: 'answer', text, ...(cut && { cut }), ...handoff });
}

function fail(kind: FailureKind, says: string = failures[kind].says): Step {
  return conclude({ kind: 'hand_off', handoff: failureHandoff(kind, says) });
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
