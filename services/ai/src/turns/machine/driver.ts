import { beginTurn, step } from './machine.ts';
import type { Conclusion, Tell, Turn, TurnEffect, TurnEvent, TurnLimits } from './states.ts';

interface TurnDriver {
  /** Performs the first effects. Events told before are handled right after. */
  start(): void;
  /** Tells the machine what happened. May be called at any time; after the conclusion it changes nothing. */
  tell: Tell;
  readonly conclusion: Promise<Conclusion>;
}

/**
 * Runs the machine of one turn. Events are handled one at a time, and the effects of one event are begun before the
 * next is handled. `perform` begins an effect and returns; its result comes back as an event.
 */
export function createTurnDriver(limits: TurnLimits, perform: (effect: TurnEffect, tell: Tell) => void): TurnDriver {
  const pending: TurnEvent[] = [];
  const concluded = Promise.withResolvers<Conclusion>();
  const begun = beginTurn();
  let turn: Turn = begun.turn;
  let busy = true;

  const performAll = (effects: readonly TurnEffect[]) => {
    for (const effect of effects) perform(effect, tell);
  };
  const tell: Tell = (event) => {
    pending.push(event);
    if (!busy) handlePending();
  };
  const handlePending = () => {
    busy = true;
    for (let event = pending.shift(); event !== undefined; event = pending.shift()) {
      const next = step(turn, event, limits);
      turn = next.turn;
      performAll(next.effects);
    }
    busy = false;
    if (turn.state === 'concluded') concluded.resolve(turn.conclusion);
  };

  return {
    start() {
      performAll(begun.effects);
      handlePending();
    },
    tell,
    conclusion: concluded.promise,
  };
}
